import { createContext } from 'preact';
import { useContext, useEffect, useLayoutEffect, useState } from 'preact/hooks';
import type { ChatModel } from '../model/chat-model.js';

export const ModelContext = createContext<ChatModel | undefined>(undefined);

export function useModel(): ChatModel {
  const model = useContext(ModelContext);
  if (model === undefined) throw new Error('no ChatModel is provided');
  return model;
}

/** Renders the component again after each change of the model. */
export function useChanges(model: ChatModel): void {
  const [, setChange] = useState(0);
  useLayoutEffect(() => model.subscribe(() => setChange((change) => change + 1)), [model]);
}

/** The present time, and again after each period, for what is shown as "5 minutes ago". */
export function useNow(periodMs: number): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), periodMs);
    return () => clearInterval(timer);
  }, [periodMs]);
  return now;
}
