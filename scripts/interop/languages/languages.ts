import { go } from './go.js';
import { java } from './java.js';
import { kotlin } from './kotlin.js';
import type { Language } from './language.js';
import { python } from './python.js';
import { rust } from './rust.js';

export const LANGUAGES: readonly Language[] = [java, go, python, rust, kotlin];
