import type { Language } from './language.js';
import { python } from './python.js';

export const LANGUAGES: readonly Language[] = [python];
