import type { JSX } from 'preact';
import type { Connection } from '../model/chat-model.js';
import { useLocale } from '../texts/locale.js';
import { useModel } from './use-model.js';

interface Properties {
  readonly connection: Connection;
  readonly failure: string | undefined;
}

/** Says what the user should know of the connection, and nothing while all is well. */
export function ConnectionBanner({ connection, failure }: Properties): JSX.Element {
  const { texts } = useLocale();
  const model = useModel();
  const { state, reason } = connection;
  const text =
    state === 'connected'
      ? ''
      : state === 'ended'
        ? reason === undefined
          ? texts.endedPlain
          : texts.ended(reason)
        : texts[state];
  return (
    <div id="status" role="status" class={text === '' && failure === undefined ? 'banner hidden' : 'banner'} data-state={state}>
      {text !== '' && <span>{text}</span>}
      {state === 'ended' && (
        <button type="button" onClick={() => location.reload()}>
          {texts.connectAgain}
        </button>
      )}
      {text === '' && failure !== undefined && (
        <>
          <span>{texts.failure(failure)}</span>
          <button type="button" onClick={() => model.clearFailure()}>
            {texts.dismiss}
          </button>
        </>
      )}
      {text === '' && failure === undefined && texts.connected}
    </div>
  );
}
