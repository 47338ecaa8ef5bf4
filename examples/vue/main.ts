// The chat of the demo in Vue: `npm run demo:web -- --page vue`. Render functions, since templates would need a compiler.
import { createApp, defineComponent, h } from 'vue';
import { USERS, userNamed } from '../chat/web/users.js';
import { type Line, useChat } from './use-chat.js';

const me = userNamed(new URLSearchParams(location.search).get('user')) ?? USERS[0];
const other = USERS.find((user) => user !== me)!;

const Chat = defineComponent(() => {
  const { connection, lines, say, retry } = useChat(me, other);
  const submit = (event: Event): void => {
    event.preventDefault();
    const form = event.currentTarget as HTMLFormElement;
    const text = String(new FormData(form).get('text')).trim();
    if (text !== '') say(text);
    form.reset();
  };
  return () => {
    const { state, error, retryInMs } = connection.value;
    return h('main', [
      h('h1', other.name),
      h('p', { role: 'status', 'data-state': state }, [
        state === 'authenticated' ? 'Connected' : `Not connected: ${error?.code ?? '…'} `,
        retryInMs === undefined ? undefined : h('button', { type: 'button', onClick: retry }, 'Try now'),
      ]),
      h('ol', lines.value.map(item)),
      h('form', { onSubmit: submit }, [
        h('input', { name: 'text', 'aria-label': 'Message', autocomplete: 'off' }),
        h('button', { type: 'submit' }, 'Send'),
      ]),
    ]);
  };
});

function item({ key, text, isOwn, state }: Line) {
  const status = isOwn ? h('small', state) : undefined;
  return h('li', { key, 'data-own': String(isOwn), 'data-state': state }, [h('span', text), ' ', status]);
}

createApp(Chat).mount(document.body.appendChild(document.createElement('div')));
