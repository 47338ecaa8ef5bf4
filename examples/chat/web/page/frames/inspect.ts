// Which bytes of a frame say what, as the page shows it: its header, and the fields of its message with tag and length among their bytes.
import { type Part as Inspected, inspect } from '@im/protocol/inspect';

/** A part of a frame: bytes from `start` up to, but not including, `end`; of a field its tag and length are among them. */
export interface Part {
  readonly name: string;
  /** For people; of a secret it says nothing. */
  readonly value: string;
  readonly start: number;
  readonly end: number;
  readonly parts: readonly Part[];
  /** The start of the bytes to hide. They end with the part. */
  readonly secretFrom?: number;
}

/** The parts of one frame, in the order of their bytes. */
export function inspectFrame(bytes: Uint8Array): Part[] {
  return inspect(bytes).parts.flatMap(({ parts }) =>
    parts
      .flatMap((part) => (part.kind === 'payload' && part.parts.length > 0 ? part.parts : [part]))
      .filter(({ start, end }) => end > start)
      .map(partOf),
  );
}

function partOf({ name, text, start, end, parts, secret }: Inspected): Part {
  // The tag that ends a group is a separate part.
  const fields = parts.filter(({ kind }, i) => kind === 'field' || kind === 'unread' || (kind === 'tag' && i > 0));
  const values = parts.filter(({ kind }) => kind === 'value');
  // Of a packed list, all elements; one that is long is cut by the style of the page.
  const value = values.length > 1 ? values.map((element) => element.text).join(', ') : (values[0]?.text ?? text);
  const nested = values.flatMap((element) => element.parts);
  const from = values[0]?.start ?? start;
  return {
    name,
    value: fields.length > 0 ? text : value,
    start,
    end,
    parts: [...fields, ...nested].map(partOf),
    ...(secret && { secretFrom: from }),
  };
}
