// What a careful server checks of a message in JSON before it passes it on. A schema compiled for it would cost more.

/** Whether a private or group message is from whom it says, and has what it must have. */
export function isAcceptable({ sender, content }, session) {
  return (
    sender?.userId === session.userId &&
    sender.terminal === session.terminal &&
    typeof content?.clientMessageId === 'string' &&
    typeof content.sentAtMs === 'number' &&
    typeof content.text === 'string' &&
    content.text.length > 0
  );
}
