/** ProtoJSON as the libraries of other languages write it: without our `$unknown`. */
export function withoutUnknown(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutUnknown);
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).filter(([key]) => key !== '$unknown');
  return Object.fromEntries(kept.map(([key, item]) => [key, withoutUnknown(item)]));
}
