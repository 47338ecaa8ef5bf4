import { diag } from '@opentelemetry/api';

/** The name of the instrumentation scope of all metrics and spans. */
export const SCOPE = '@im/protocol';

/** A subscriber that never throws: an error of the SDK must not end the process. */
export function subscriber<Message>(take: (message: Message) => void): (message: unknown) => void {
  return (message) => {
    try {
      take(message as Message);
    } catch (error) {
      diag.error(`${SCOPE}: a subscriber failed`, error);
    }
  };
}
