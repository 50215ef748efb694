import type { ComponentChildren } from "preact";
import { useEffect, useId, useRef, useState } from "preact/hooks";
import type { Sidecar } from "../../../contract/sidecar.ts";
import { formatTime } from "../format.ts";
import {
  byteRange,
  fileName,
  formatBytes,
  formatCentre,
  type SourceFile,
  sourceFiles,
  webAddress,
} from "../receipts.ts";

/** A button that opens a dialog with the origin of the painted frame: its messages and their receipts. */
export function Origin({ sidecar }: { sidecar: Sidecar }) {
  const [isOpen, setOpen] = useState(false);
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    if (isOpen) dialog.current?.showModal();
    else dialog.current?.close();
  }, [isOpen]);
  return (
    <>
      <button
        type="button"
        class="origin-switch"
        aria-haspopup="dialog"
        aria-expanded={isOpen}
        aria-controls={id}
        onClick={() => setOpen(true)}
      >
        Where is this from?
      </button>
      <dialog ref={dialog} id={id} class="origin" aria-labelledby={`${id}-title`} onClose={() => setOpen(false)}>
        {isOpen && <Receipts sidecar={sidecar} titleId={`${id}-title`} />}
      </dialog>
    </>
  );
}

function Receipts({ sidecar, titleId }: { sidecar: Sidecar; titleId: string }) {
  const { source } = sidecar;
  const files = sourceFiles(sidecar);
  return (
    <>
      <h2 id={titleId}>Where is this from?</h2>
      <p>
        {sidecar.name}, valid {formatTime(sidecar.valid_time, "UTC")}.{" "}
        {source.synthetic ? "The data are synthetic: no forecast centre made them." : <>Provider: {source.provider}.</>}
      </p>
      {files.length === 0 && <Unlisted source={source} />}
      {files.map((file) => <File key={file.url} file={file} source={source} />)}
      <form method="dialog">
        <button type="submit" class="row">Close</button>
      </form>
    </>
  );
}

/** The messages of a frame that an older builder made: their names, and the file of the first. */
function Unlisted({ source }: Pick<Sidecar, "source">) {
  return (
    <section>
      <FileLink url={source.url} />
      <ul>{source.grib_messages.map((name) => <li key={name}>{name}</li>)}</ul>
    </section>
  );
}

/** A file and its messages. Messages of local files and of older builders have no receipt. */
function File({ file: { url, messages }, source }: { file: SourceFile } & Pick<Sidecar, "source">) {
  return (
    <section>
      <FileLink url={url ?? source.url} />
      {url === null && <p>Which of its bytes were used is not recorded.</p>}
      <ul>{messages.map((message, i) => <Message key={i} message={message} />)}</ul>
    </section>
  );
}

function FileLink({ url }: { url: string }) {
  const address = webAddress(url);
  return (
    <h3 title={url}>
      {address === null
        ? fileName(url)
        : <a href={address} target="_blank" rel="noopener noreferrer">{fileName(url)}</a>}
    </h3>
  );
}

const SHOWN_HASH_DIGITS = 12;

function Message({ message }: { message: SourceFile["messages"][number] }) {
  const { name, length, sha256, modified } = message;
  const range = byteRange(message);
  return (
    <li>
      <b>{name}</b>
      <dl>
        {range !== null && length !== undefined && (
          <Fact name="Range">
            {range} <span>({formatBytes(length)})</span>
          </Fact>
        )}
        {sha256 !== undefined && (
          <Fact name="SHA-256">
            <code title={sha256}>{sha256.slice(0, SHOWN_HASH_DIGITS)}…</code>
          </Fact>
        )}
        {modified && (
          <Fact name="Modified">
            <time dateTime={modified} title={modified}>{formatTime(modified, "UTC")}</time>
          </Fact>
        )}
        <Fact name="Centre">{formatCentre(message.centre)}, process {message.process}</Fact>
      </dl>
    </li>
  );
}

function Fact({ name, children }: { name: string; children: ComponentChildren }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
