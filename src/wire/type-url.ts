/** True if what follows the last `/` is the full name of a message: names joined by dots, each a letter or _, then letters, digits, _. */
export function isTypeUrl(url: string): boolean {
  const slash = url.lastIndexOf('/');
  if (slash < 0) return false;
  let nameBegins = true;
  for (let i = slash + 1; i < url.length; i++) {
    const char = url.charCodeAt(i);
    if (isNameStart(char)) nameBegins = false;
    else if (nameBegins) return false;
    else if (char === 0x2e) nameBegins = true;
    else if (char < 0x30 || char > 0x39) return false;
  }
  return !nameBegins;
}

function isNameStart(char: number): boolean {
  const lower = char | 0x20;
  return (lower >= 0x61 && lower <= 0x7a && char < 0x80) || char === 0x5f;
}
