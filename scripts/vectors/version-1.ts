// version-1.json: what a frame of version 1 may carry of version 2, which is written as it is, and what it may not, which is only read.
import type { DescField } from '@bufbuild/protobuf';
import type { Vector } from '../../test/vectors/vector.js';
import { isNewField, kebab } from './newer.js';
import { MESSAGES, placed } from './place.js';
import { COMMANDS, fieldOf, minimal, settings, valueFor } from './values.js';
import { accepted } from './write-vector.js';

const VERSION_1 = { version: 1 };

export function version1Vectors(): Vector[] {
  const sendInfo = MESSAGES.find(({ name }) => name === 'SendInfo')!;
  return [
    ...MESSAGES.flatMap(({ fields }) => fields.filter(isNewField).map(ofField)),
    ...COMMANDS.values
      .filter((value) => (settings.value(value)?.since ?? 0) > 1)
      .flatMap((value) => {
        // In version 1 these commands are unknown, and an unknown command carries anything. A writer that knows them refuses to write these.
        const message = minimal(sendInfo);
        message.set(fieldOf(sendInfo, 'cmd'), value.number);
        const name = `v1-send-info-command-${value.number}`;
        const other = minimal(sendInfo, fieldOf(sendInfo, 'heartbeat'));
        other.set(fieldOf(sendInfo, 'heartbeat'), valueFor(fieldOf(sendInfo, 'heartbeat')) as never);
        other.set(fieldOf(sendInfo, 'cmd'), value.number);
        return [
          accepted(`${name}-without-data`, message, VERSION_1, false),
          accepted(`${name}-with-heartbeat`, other, VERSION_1, false),
        ];
      }),
  ];
}

function ofField(field: DescField): Vector {
  const message = minimal(field.parent, field);
  message.set(field, valueFor(field) as never);
  const { ignorable } = settings.field(field)!;
  const verb = ignorable ? 'may-have' : 'may-not-have';
  return accepted(`v1-${kebab(field.parent.name)}-${verb}-${kebab(field.name)}`, placed(message).frame, VERSION_1, ignorable);
}
