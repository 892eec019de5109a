// Packets of the MySQL protocol, as far as one must know them to stand between a client and a server.
// https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_basic_packets.html

/** First byte of a command. */
export const COMMAND = {
  quit: 0x01,
  query: 0x03,
  ping: 0x0e,
  execute: 0x17,
  longData: 0x18,
  close: 0x19,
} as const;

/** One packet, its header included. */
export class Packet {
  constructor(readonly bytes: Buffer) {}

  static of(sequence: number, payload: Buffer): Packet {
    const header = Buffer.alloc(4);
    header.writeUIntLE(payload.length, 0, 3);
    header[3] = sequence;
    return new Packet(Buffer.concat([header, payload]));
  }

  /** A command: each begins a sequence. */
  static command(kind: number, text = ''): Packet {
    return Packet.of(0, Buffer.concat([Buffer.from([kind]), Buffer.from(text)]));
  }

  get sequence(): number {
    return this.bytes[3]!;
  }

  get payload(): Buffer {
    return this.bytes.subarray(4);
  }

  /** The same with another number. */
  moved(by: number): Packet {
    if (by === 0) return this;
    const bytes = Buffer.from(this.bytes);
    bytes[3] = this.sequence + by;
    return new Packet(bytes);
  }

  /** First byte of what is in it; -1 in an empty one. */
  get kind(): number {
    return this.bytes[4] ?? -1;
  }
}

const LARGEST = 0xffffff;

/** Of the flags of the handshake: the client can speak TLS, or the server. */
const TLS_FLAG = 0x0800;
const REQUEST_BYTES = 32;

/** The greeting of a server that speaks TLS. */
export function offeringTls(greeting: Packet): Packet {
  const bytes = Buffer.from(greeting.bytes);
  // Version, its end, thread, first part of the scramble, a byte of nothing.
  const flags = bytes.indexOf(0, 5) + 1 + 4 + 8 + 1;
  bytes.writeUInt16LE(bytes.readUInt16LE(flags) | TLS_FLAG, flags);
  return new Packet(bytes);
}

/** Whether a client asks to go on in TLS, instead of saying who it is. */
export const asksForTls = ({ payload }: Packet): boolean =>
  payload.length === REQUEST_BYTES && (payload.readUInt16LE(0) & TLS_FLAG) !== 0;

/** What a client says, to a server without TLS. */
export function withoutTls(reply: Packet): Packet {
  const bytes = Buffer.from(reply.bytes);
  bytes.writeUInt16LE(bytes.readUInt16LE(4) & ~TLS_FLAG, 4);
  return new Packet(bytes);
}

/** Cuts a stream into packets. */
export class PacketReader {
  private parts: Buffer[] = [];
  private length = 0;
  /** Bytes below which nothing is whole. */
  private needed = 4;

  /** Gives up what is no whole packet. */
  rest(): Buffer {
    const rest = Buffer.concat(this.parts.splice(0));
    this.length = 0;
    this.needed = 4;
    return rest;
  }

  /** Takes what arrived; returns the packets that are whole. */
  push(chunk: Buffer): Packet[] {
    this.parts.push(chunk);
    this.length += chunk.length;
    // A statement of megabytes arrives in hundreds of parts: they are put together once.
    if (this.length < this.needed) return [];
    let rest = Buffer.concat(this.parts);
    const packets: Packet[] = [];
    const size = () => (rest.length < 4 ? 0 : rest.readUIntLE(0, 3));
    while (rest.length >= 4 && rest.length >= 4 + size()) {
      if (size() === LARGEST) throw new Error('the rehearsal takes no MySQL packets of 16 MB');
      packets.push(new Packet(rest.subarray(0, 4 + size())));
      rest = rest.subarray(4 + size());
    }
    this.parts = [rest];
    this.length = rest.length;
    this.needed = 4 + size();
    return packets;
  }
}

/** An error as a server answers it. */
export class SqlError extends Error {
  override readonly name = 'SqlError';
  constructor(
    readonly code: number,
    readonly state: string,
    message: string,
  ) {
    super(message);
  }

  /** The error a packet says, or undefined. */
  static in({ kind, payload }: Packet): SqlError | undefined {
    if (kind !== 0xff) return undefined;
    const said = payload.toString('utf8', 3);
    const [, state = 'HY000', message = said] = /^#(.{5})(.*)$/s.exec(said) ?? [];
    return new SqlError(payload.readUInt16LE(1), state, message);
  }

  packet(sequence: number): Packet {
    const head = Buffer.from([0xff, this.code & 0xff, this.code >> 8]);
    return Packet.of(sequence, Buffer.concat([head, Buffer.from(`#${this.state}${this.message}`)]));
  }
}
