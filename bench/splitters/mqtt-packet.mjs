import mqtt from 'mqtt-packet';

export const name = 'mqtt-packet';
export const packages = ['mqtt-packet'];
export const framing = 'MQTT PUBLISH, QoS 0';

export function frame(payload) {
  return mqtt.generate({ cmd: 'publish', topic: 'im', qos: 0, retain: false, dup: false, payload: Buffer.from(payload) });
}

export function split(chunks) {
  const found = { frames: 0, bytes: 0 };
  const parser = mqtt.parser();
  parser.on('packet', ({ payload }) => {
    found.frames++;
    found.bytes += payload.length;
  });
  for (const chunk of chunks) parser.parse(chunk);
  return found;
}
