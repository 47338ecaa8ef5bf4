/** 63,486 or 80.3: three figures or more. */
export function figure(value) {
  if (value >= 100) return Math.round(value).toLocaleString('en-US');
  return value >= 10 ? value.toFixed(1) : value.toFixed(2);
}

/** Median and, in brackets, the quartiles. */
export function spread(result) {
  if (result === undefined) return '–';
  return `${figure(result.median)} (${figure(result.q1)}–${figure(result.q3)})`;
}

export function times(ratio) {
  return `${ratio.toFixed(ratio < 10 ? 2 : 1)}x`;
}

/** Bytes a second from nanoseconds a byte. */
export function megabytesPerSecond(nanosecondsPerByte) {
  return 1000 / nanosecondsPerByte;
}
