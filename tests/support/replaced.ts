/** Replaces a method while a test runs. */
export function replaced<T extends object, K extends keyof T>(
  owner: T,
  name: K,
  make: (real: T[K]) => T[K],
): Disposable {
  const real = owner[name];
  owner[name] = make(real);
  return { [Symbol.dispose]: () => void (owner[name] = real) };
}
