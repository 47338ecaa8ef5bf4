// Controls inside of messages can be reached by Tab in the focused message alone: a list of hundreds has too many.
import { createContext } from 'preact';
import { useContext } from 'preact/hooks';

export const TabIndexContext = createContext(0);

export function useTabIndex(): number {
  return useContext(TabIndexContext);
}
