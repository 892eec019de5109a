// A certificate for a server on loopback, made when it starts: nothing of it is stored or trusted anywhere
// else. https://www.rfc-editor.org/rfc/rfc5280#section-4.1

import { generateKeyPairSync, randomBytes, sign } from 'node:crypto';

/** Certificate and key in PEM; the certificate is its own authority. */
export interface Certified {
  readonly cert: string;
  readonly key: string;
}

/** DER: a tag, the length, the contents. */
function der(tag: number, ...contents: readonly Uint8Array[]): Buffer {
  const value = Buffer.concat(contents);
  const bytes = Buffer.from(
    value.length.toString(16).padStart(value.length > 255 ? 4 : 2, '0'),
    'hex',
  );
  const length =
    value.length < 128 ? bytes : Buffer.concat([Buffer.of(0x80 + bytes.length), bytes]);
  return Buffer.concat([Buffer.of(tag), length, value]);
}

const list = (...items: readonly Uint8Array[]): Buffer => der(0x30, ...items);
const oid = (hex: string): Buffer => der(0x06, Buffer.from(hex, 'hex'));
const bits = (value: Uint8Array): Buffer => der(0x03, Buffer.of(0), value);
const time = (text: string): Buffer => der(0x17, Buffer.from(text));

const ECDSA_SHA256 = list(oid('2a8648ce3d040302'));
const YES = der(0x01, Buffer.of(0xff));
/** It is an authority, and speaks for 127.0.0.1. */
const EXTENSIONS = list(
  list(oid('551d13'), YES, der(0x04, list(YES))),
  list(oid('551d11'), der(0x04, list(der(0x87, Buffer.of(127, 0, 0, 1))))),
);

export function selfSigned(commonName: string): Certified {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const name = list(der(0x31, list(oid('550403'), der(0x0c, Buffer.from(commonName)))));
  const body = list(
    der(0xa0, der(0x02, Buffer.of(2))),
    der(0x02, Buffer.of(1), randomBytes(8)),
    ECDSA_SHA256,
    name,
    list(time('200101000000Z'), time('491231235959Z')),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, EXTENSIONS),
  );
  const signed = list(body, ECDSA_SHA256, bits(sign('sha256', body, privateKey)));
  const lines = signed.toString('base64').replace(/.{1,64}/g, '$&\n');
  return {
    cert: `-----BEGIN CERTIFICATE-----\n${lines}-----END CERTIFICATE-----\n`,
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
  };
}
