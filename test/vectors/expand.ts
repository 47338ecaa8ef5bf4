/** Expected JSON with its `{ "$repeat": [text, times] }` written out. */
export function expand(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(expand);
  if (typeof value !== 'object' || value === null) return value;
  if ('$repeat' in value) {
    const [text, times, tail = ''] = value.$repeat as [string, number, string?];
    return text.repeat(times) + tail;
  }
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, expand(item)]));
}
