// The answers of the older platform: `{code, message, data}`, with HTTP status 200. Clients show `message` to the user.
import { isProtocolError } from '@im/protocol';

export const ResultCode = {
  SUCCESS: 200,
  /** The client goes to its login page. */
  NOT_LOGGED_IN: 400,
  /** The client gets a new token by PUT /refreshToken, and repeats the call. */
  INVALID_TOKEN: 401,
  FAILED: 500,
  WRONG_PASSWORD: 10_001,
} as const;

export interface Result {
  readonly code: number;
  readonly message: string;
  readonly data: unknown;
}

/** An answer that is no success. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly code: number;

  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}

/** What went wrong, in the language of the older clients. */
const TEXTS: Readonly<Record<string, string>> = {
  NOT_A_MEMBER: '您不在该会话中',
  PERMISSION_DENIED: '您没有权限进行该操作',
  TOO_LATE: '操作已超过时间限制',
  INVALID_MESSAGE: '请求参数不正确',
};
const INTERNAL = '系统繁忙，请稍后再试';

/** Calls are answered with null where they have nothing to say. */
export function success(data: unknown): Result {
  return { code: ResultCode.SUCCESS, message: '成功', data: data ?? null };
}

/** @param onError gets errors of the platform itself, of which the client learns nothing. */
export function failure(error: unknown, onError: (error: unknown) => void): Result {
  if (error instanceof Refusal) return { code: error.code, message: error.message, data: null };
  const text = isProtocolError(error) ? TEXTS[error.code] : undefined;
  if (text === undefined) onError(error);
  return { code: ResultCode.FAILED, message: text ?? INTERNAL, data: null };
}
