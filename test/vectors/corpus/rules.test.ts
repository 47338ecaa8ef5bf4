// Every rule of every field has vectors on both sides of each of its edges.
import { describe, expect, it } from 'vitest';
import { acceptedMessages, decodedVectors } from './decoded.js';
import { type FieldEdge, fieldEdges } from './field-edges.js';
import { foundIssues } from './issues.js';
import { messages, nameOf } from './protocol.js';

const fields = messages.flatMap((message) => message.fields);

describe.each(fields.filter((field) => fieldEdges(field).length > 0).map((field) => [nameOf(field), field] as const))(
  '%s',
  (_name, field) => {
    it('has vectors at the edges of its rules', () => {
      expect(
        fieldEdges(field)
          .filter((edge) => !isShown(edge))
          .map(({ rule, text, accepted }) => `${rule}: ${text} is ${accepted ? 'accepted' : 'refused'}`),
      ).toEqual([]);
    });
  },
);

/** Refused for what is looked at once all rules are kept: a command that may not carry what it has, or may not occur there. */
const mismatched = decodedVectors.flatMap(({ vector, message }) =>
  vector.error?.code === 'COMMAND_DATA_MISMATCH' && message ? [message] : [],
);

function isShown(edge: FieldEdge): boolean {
  if (edge.accepted)
    return [...acceptedMessages, ...mismatched].some((message) => message.desc === edge.field.parent && edge.isAt(message));
  return foundIssues.some(({ rule, about, message }) => rule === edge.rule && about === edge.field && edge.isAt(message));
}
