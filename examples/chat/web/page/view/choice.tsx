import type { JSX } from 'preact';
import type { User } from '../../users.js';
import { readSettings } from '../model/settings.js';
import { Locale } from '../texts/locale.js';
import { Avatar } from './avatar.js';

/** Without a user in its address the page asks for one. A real application would ask for a password. */
export function Choice({ users }: { users: readonly User[] }): JSX.Element {
  const { texts, tag } = new Locale(readSettings().language);
  document.documentElement.lang = tag;
  return (
    <main class="choice">
      <h1>{texts.whoAreYou}</h1>
      <p>{texts.openBoth}</p>
      <ul>
        {users.map(({ name, userId }) => (
          <li key={name}>
            <a href={`/?user=${name}`} target="_blank" rel="noopener">
              <Avatar name={name} seed={String(userId)} />
              {name}
            </a>
            <a class="second" href={`/?user=${name}&terminal=pc`} target="_blank" rel="noopener">
              {texts.openAgain(name)}
            </a>
          </li>
        ))}
      </ul>
    </main>
  );
}
