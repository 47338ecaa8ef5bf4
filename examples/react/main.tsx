/** @jsxImportSource react */
// The chat of the demo in React: `npm run demo:web -- --page react`.
import { type FormEvent, StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { USERS, type User, userNamed } from '../chat/web/users.js';
import { type Line, useChat } from './hooks.js';

function Chat({ me, other }: { readonly me: User; readonly other: User }) {
  const { connection, lines, say, retry } = useChat(me, other);
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const form = event.currentTarget;
    const text = String(new FormData(form).get('text')).trim();
    if (text !== '') say(text);
    form.reset();
  };
  return (
    <main>
      <h1>{other.name}</h1>
      <p role="status" data-state={connection?.state ?? 'connecting'}>
        {connection?.state === 'authenticated' ? 'Connected' : `Not connected: ${connection?.error?.code ?? '…'} `}
        {connection?.retryInMs !== undefined && (
          <button type="button" onClick={retry}>
            Try now
          </button>
        )}
      </p>
      <ol>
        {lines.map(({ key, ...line }) => (
          <Item key={key} {...line} />
        ))}
      </ol>
      <form onSubmit={submit}>
        <input name="text" aria-label="Message" autoComplete="off" />
        <button type="submit">Send</button>
      </form>
    </main>
  );
}

function Item({ text, isOwn, state }: Omit<Line, 'key'>) {
  return (
    <li data-own={isOwn} data-state={state}>
      <span>{text}</span> {isOwn && <small>{state}</small>}
    </li>
  );
}

const me = userNamed(new URLSearchParams(location.search).get('user')) ?? USERS[0];
createRoot(document.body.appendChild(document.createElement('div'))).render(
  <StrictMode>
    <Chat me={me} other={USERS.find((user) => user !== me)!} />
  </StrictMode>,
);
