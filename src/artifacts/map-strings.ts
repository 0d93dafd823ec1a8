/** The same JSON value with every string changed, keys too, order kept. A key stays text. */
export function mapStrings(value: unknown, change: (text: string) => unknown): unknown {
  if (typeof value === 'string') return change(value);
  if (Array.isArray(value)) return value.map((item) => mapStrings(item, change));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => {
      const changed = change(key);
      return [typeof changed === 'string' ? changed : key, mapStrings(item, change)];
    }),
  );
}
