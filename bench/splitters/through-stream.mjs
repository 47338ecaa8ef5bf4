/** Writes all chunks to a Transform, as pipe does, and counts what comes out. */
export async function throughStream(transform, chunks) {
  const found = { frames: 0, bytes: 0 };
  transform.on('data', (payload) => {
    found.frames++;
    found.bytes += payload.length;
  });
  let goOn;
  transform.on('drain', () => goOn());
  for (const chunk of chunks) {
    if (!transform.write(chunk)) await new Promise((resolve) => (goOn = resolve));
  }
  await new Promise((resolve, reject) => transform.on('error', reject).on('end', resolve).end());
  return found;
}
