// The server's side of a session: one command after the other, each with its whole answer.
//
//   command, ping  -->  packets of the answer …, OK of the ping: there the answer ends
//
// Whoever looks at an answer's own packets for its end must understand all of them.

import { connect, type Socket } from 'node:net';
import { COMMAND, Packet, PacketReader } from './packets';

/** A connection to the server. */
export class Upstream {
  /** Resolves when the server has closed it. */
  readonly closed: Promise<void>;
  private readonly socket: Socket;
  private readonly reader = new PacketReader();
  private readonly arrived: Packet[] = [];
  private waiting?: { resolve(packet: Packet): void; reject(error: Error): void };
  private gone = false;

  constructor(socketPath: string) {
    this.socket = connect(socketPath);
    this.socket.on('error', () => {});
    this.socket.on('data', (chunk: Buffer) => {
      this.arrived.push(...this.reader.push(chunk));
      this.deliver();
    });
    this.closed = new Promise((resolve) => {
      this.socket.once('close', () => {
        this.gone = true;
        this.deliver();
        resolve();
      });
    });
  }

  send(...packets: readonly Packet[]): void {
    for (const { bytes } of packets) this.socket.write(bytes);
  }

  /** The next packet; rejects when the server hangs up. One at a time may wait. */
  next(): Promise<Packet> {
    return new Promise((resolve, reject) => {
      this.waiting = { resolve, reject };
      this.deliver();
    });
  }

  /** Executes a command; returns the packets of its answer. */
  async execute(command: Packet): Promise<Packet[]> {
    this.send(command, Packet.command(COMMAND.ping));
    const answer: Packet[] = [];
    for (;;) {
      const packet = await this.next();
      if (answer.length > 0 && isAnswerToPing(packet)) return answer;
      answer.push(packet);
    }
  }

  /** Executes SQL of the rehearsal's own. */
  query(sql: string): Promise<Packet[]> {
    return this.execute(Packet.command(COMMAND.query, sql));
  }

  close(): void {
    this.socket.destroy();
  }

  private deliver(): void {
    const { waiting } = this;
    if (!waiting) return;
    const packet = this.arrived.shift();
    if (!packet && !this.gone) return;
    this.waiting = undefined;
    if (packet) waiting.resolve(packet);
    else waiting.reject(new Error('the server has closed the connection'));
  }
}

/** No row of a text or binary result looks like it at the beginning of a sequence. */
const isAnswerToPing = ({ sequence, kind, payload }: Packet): boolean =>
  sequence === 1 && kind === 0 && payload.length === 7 && payload[1] === 0 && payload[2] === 0;
