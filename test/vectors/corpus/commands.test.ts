// Each command in each message that names one: with each member of its data, and with none.
import { describe, expect, it } from 'vitest';
import { decodedVectors } from './decoded.js';
import { messages, schema } from './protocol.js';

const { settings } = schema;
const commands = schema.enums.get('im.protocol.v1.Command')!;
const { applicationFrom, applicationData } = settings.enum(commands)!;

/** A command that this version does not know, and the first of the applications. */
const UNNAMED = [Math.max(...commands.values.map(({ number }) => number)) + 1, applicationFrom - 1, applicationFrom];
const numbers = [...commands.values.map(({ number }) => number).filter((number) => number > 0), ...UNNAMED];

const carriers = messages.flatMap((desc) =>
  desc.oneofs.flatMap((oneof) => {
    const data = settings.oneof(oneof)?.commandData;
    return data === undefined ? [] : [{ desc, oneof, data }];
  }),
);

describe.each(carriers.map((carrier) => [`${carrier.desc.name}.${carrier.oneof.name}`, carrier] as const))(
  '%s',
  (_name, { desc, oneof, data }) => {
    const command = desc.fields.find(({ name }) => name === data.command)!;
    const members = oneof.fields.map(({ name }) => name);

    it.each(numbers)('command %i with each member, and with none', (number) => {
      const shown = decodedVectors
        .filter(({ message }) => message?.desc === desc && message.get(command) === number)
        .map(({ message, vector }) => `${message!.oneofCase(oneof)?.name}: ${vector.error?.code ?? 'accepted'}`);
      const wanted = [...members, undefined].map(
        (member) => `${member}: ${isCarried(number, member) ? 'accepted' : 'COMMAND_DATA_MISMATCH'}`,
      );
      expect(wanted.filter((one) => !shown.includes(one))).toEqual([]);
    });

    function isCarried(number: number, member: string | undefined): boolean {
      const found = commands.value[number];
      if (found === undefined) {
        if (number < applicationFrom) return true;
        return member === applicationData || member === undefined;
      }
      const { data: own = [], betweenServices, resultWithoutData } = settings.value(found)!.command!;
      if (data.betweenServices && !betweenServices) return false;
      const carried = data.optional && resultWithoutData ? [] : own;
      return member === undefined ? carried.length === 0 || data.optional : carried.includes(member);
    }
  },
);
