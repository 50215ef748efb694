/** Records operations on the disk, in order: `sync PATH`, `rename FROM TO`, `remove PATH`. */
export function recordDisk(): Disposable & { readonly events: string[] } {
  const events: string[] = [];
  const paths = new WeakMap<Deno.FsFile, string>();
  const { open, rename, remove } = Deno;
  const { sync } = Deno.FsFile.prototype;
  Object.assign(Deno, {
    open: async (path: string | URL, options?: Deno.OpenOptions) => {
      const file = await open(path, options);
      paths.set(file, String(path));
      return file;
    },
    rename: async (from: string | URL, to: string | URL) => {
      await rename(from, to);
      events.push(`rename ${from} ${to}`);
    },
    remove: async (path: string | URL, options?: Deno.RemoveOptions) => {
      await remove(path, options);
      events.push(`remove ${path}`);
    },
  });
  Deno.FsFile.prototype.sync = async function () {
    await sync.call(this);
    events.push(`sync ${paths.get(this)}`);
  };
  return {
    events,
    [Symbol.dispose]() {
      Object.assign(Deno, { open, rename, remove });
      Deno.FsFile.prototype.sync = sync;
    },
  };
}
