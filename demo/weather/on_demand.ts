/** Makes an object whose members are computed at first use: computing all of an hour's fields takes seconds. */
export function onDemand<T extends object>(makers: { readonly [Name in keyof T]: () => T[Name] }): T {
  const made = {} as T;
  for (const name of Object.keys(makers) as (keyof T & string)[]) {
    let member: { readonly value: T[typeof name] } | null = null;
    Object.defineProperty(made, name, { enumerable: true, get: () => (member ??= { value: makers[name]() }).value });
  }
  return made;
}
