import { USERS, type User, userNamed } from '../users.js';
import { ChatClient, type View } from './chat-client.js';
import { Conversation } from './conversation.js';
import { byId, element } from './element.js';
import { FrameList } from './frame-list.js';

const me = userNamed(new URLSearchParams(location.search).get('user'));
if (me === undefined) choose();
else void run(me);

async function run(me: User): Promise<void> {
  const other = USERS.find((user) => user !== me)!;
  document.title = `${me.name} · @im/protocol`;
  showOther(other);
  const frames = new FrameList();
  const view: View = { conversation: new Conversation(), frame: (frame) => frames.add(frame), status: showStatus };
  byId('again').addEventListener('click', () => location.reload());
  try {
    compose(await ChatClient.start(me, other, view));
  } catch (error) {
    showStatus('ended', (error as Error).message);
  }

  function showStatus(state: string, text: string): void {
    const status = byId('status');
    status.dataset.state = state;
    status.textContent = `${me.name}: ${text}`;
    byId('again').hidden = state !== 'ended';
  }
}

function showOther({ name }: User): void {
  byId('other').append(linkTo(name, `Open ${name} in another tab`));
}

function linkTo(name: string, text: string): HTMLElement {
  return element('a', { href: `/?user=${name}`, target: '_blank', rel: 'noopener' }, text);
}

/** Enter sends, Shift and Enter begin a new line. */
function compose(client: ChatClient): void {
  const form = byId<HTMLFormElement>('compose');
  const input = byId<HTMLTextAreaElement>('text');
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const text = input.value.trim();
    if (text !== '') void client.send(text);
    input.value = '';
  });
  input.addEventListener('keydown', (event) => {
    // While an input method composes, Enter is its own.
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    form.requestSubmit();
  });
  input.focus();
}

function choose(): void {
  const choice = byId<HTMLTemplateElement>('choice').content.cloneNode(true);
  document.body.replaceChildren(choice);
  for (const { name } of USERS) byId('users').append(element('li', {}, linkTo(name, name)));
}
