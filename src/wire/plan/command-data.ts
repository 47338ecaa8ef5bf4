// "Ties a oneof to the command of its message": which member each command carries.
import { addIssue } from '../issues.js';
import { fieldNamed } from './fields.js';
import type { CommandDataPlan, EnumPlan, MessageCheck, MessagePlan } from './plan.js';
import { either } from './value-rules.js';

export function commandDataCheck(oneof: string, settings: CommandDataPlan, plan: MessagePlan): MessageCheck {
  const field = fieldNamed(plan, settings.command);
  // In the order of the schema, which the texts keep.
  const members = plan.fields.filter((member) => member.oneof === oneof);
  const pathOf = (name: string): string => members.find((member) => member.name === name)?.json ?? name;
  const inOrder = (names: readonly string[]) => members.map(({ name }) => name).filter((name) => names.includes(name));

  /** The text of the violation; undefined = the data is of the command. */
  function violation(command: number, data: string | undefined, isReply: boolean): string | undefined {
    const table = (field.enum as () => EnumPlan)();
    const own = table.commands.get(command);
    if (own === undefined) {
      const { applicationFrom, applicationData } = table;
      // What is not listed is unknown to this version, and carries anything.
      if (applicationFrom === 0 || command < applicationFrom) return undefined;
      return carries('a command of an application', [applicationData], true, data);
    }
    // "Only commands that go between the services occur here", unless the message is the reply to the request of a client.
    if (settings.betweenServices && !own.betweenServices) {
      if (!isReply) return `${own.name} does not go between services`;
      return carries(own.name, own.data, own.data.length === 0, data);
    }
    // "A SendResult for the command carries no data": the oneof whose data is optional is that of the result.
    const names = settings.optional && own.resultWithoutData ? [] : own.data;
    return carries(own.name, names, settings.optional || own.data.length === 0, data);
  }

  /** "COMMAND_DATA_MISMATCH: the member that is set is not its own, or none is set where it has one." */
  function carries(command: string, names: readonly string[], optional: boolean, data: string | undefined): string | undefined {
    if (data === undefined ? optional : names.includes(data)) return undefined;
    const allowed = [...inOrder(names).map(pathOf), ...(optional ? ['nothing'] : [])];
    if (allowed.length === 0) return `${command} has no data here`;
    return `${command} carries ${either(allowed)}, got ${data ?? 'nothing'}`;
  }

  return (m, issues) => {
    const { replyTo } = settings;
    const command = (m[settings.command] ?? 0) as number;
    const set = m[oneof] as { $case: string } | undefined;
    const isReply = replyTo !== undefined && (m[replyTo] ?? 0) !== 0;
    const text = violation(command, set?.$case, isReply);
    return text === undefined ? issues : addIssue(issues, oneof, 'command_data', text);
  };
}
