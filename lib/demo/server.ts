// The demo's server: advances simulated time, sends the page a snapshot twice a second, and takes what was clicked.
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as v from 'valibot';
import { breakage, victimOf } from './breakages/find.ts';
import { calendar, everyFix, everythingOf } from './everything.ts';
import { openRun, people, type Run } from './run.ts';
import type { ShopStage } from './shop.ts';
import { keyOf, View } from './view.ts';

export interface ServeOptions {
  /** 0 takes a free port. */
  readonly port: number;
  readonly speed: number;
  readonly seed: number;
  readonly logs: boolean;
}

const tickMs = 50;
const pushMs = 500;
/** A skip is taken in steps, so that the page is drawn in between. */
const longestStepMs = 60_000;
const largestBodyBytes = 20_000;

export interface Served {
  readonly address: string;
  close(): Promise<void>;
}

/** Starts the demo on 127.0.0.1. */
export async function serveDemo(options: ServeOptions): Promise<Served> {
  const demo = await Demo.open(options);
  const server = createServer((request, response) => void demo.answer(request, response));
  await new Promise<void>((resolve) => server.listen(options.port, '127.0.0.1', resolve));
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    async close() {
      demo.stop();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const files: Readonly<Record<string, readonly [string, string]>> = {
  '/': ['index.html', 'text/html; charset=utf-8'],
  '/app.js': ['app.js', 'text/javascript; charset=utf-8'],
  '/style.css': ['style.css', 'text/css; charset=utf-8'],
  '/blocks.js': ['blocks.js', 'text/javascript; charset=utf-8'],
  '/blocks.css': ['blocks.css', 'text/css; charset=utf-8'],
};

const speedBody = v.object({ speed: v.pipe(v.number(), v.minValue(0), v.maxValue(1000)) });
const brakeBody = v.object({ brake: v.picklist(['kill-switch', 'calendar']), on: v.boolean() });
const skipBody = v.object({ minutes: v.pipe(v.number(), v.minValue(1), v.maxValue(600)) });
const breakBody = v.object({ breakage: v.string(), stage: v.string() });
const clickBody = v.object({ messageTs: v.string(), actionId: v.string(), value: v.string(), user: v.string() });

class Demo {
  readonly #run: Run;
  readonly #view: View;
  readonly #listeners = new Set<ServerResponse>();
  /** What was broken on a stage, to be mended by hand. */
  readonly #broken = new Map<string, string>();
  #speed: number;
  #latest = '';
  readonly #pushing: NodeJS.Timeout;
  #stopped = false;
  /** Time that is to pass as fast as it can. */
  #skipMs = 0;

  static async open(options: ServeOptions): Promise<Demo> {
    let view: View | undefined;
    const run = await openRun({
      seed: options.seed,
      logs: options.logs,
      owner: everyFix,
      prepare: everythingOf,
      onEvent: (event) => view?.observed(event),
      onState: (_execution, event) => view?.entered(event),
    });
    view = new View(run);
    return new Demo(run, view, options.speed);
  }

  private constructor(run: Run, view: View, speed: number) {
    this.#run = run;
    this.#view = view;
    this.#speed = speed;
    void this.#advance();
    this.#pushing = setInterval(() => void this.#push(), pushMs);
  }

  stop(): void {
    this.#stopped = true;
    clearInterval(this.#pushing);
  }

  /** Simulated time follows real time, so many times faster; a slow stretch is not made up for. */
  async #advance(): Promise<void> {
    while (!this.#stopped) {
      await new Promise((resolve) => setTimeout(resolve, tickMs));
      const skipMs = Math.min(this.#skipMs, longestStepMs);
      this.#skipMs -= skipMs;
      await this.#run.clock.runUntil(this.#run.clock.now() + tickMs * this.#speed + skipMs);
    }
  }

  async #push(): Promise<void> {
    this.#latest = `data: ${JSON.stringify(await this.#view.snapshot(this.#speed))}\n\n`;
    for (const listener of this.#listeners) listener.write(this.#latest);
  }

  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = new URL(request.url ?? '/', 'http://127.0.0.1').pathname;
    if (path === '/events') return this.#listen(response);
    if (request.method === 'POST') return this.#command(path, request, response);
    const file = files[path];
    if (!file) return void response.writeHead(404).end('not found');
    const body = await readFile(new URL(`./public/${file[0]}`, import.meta.url));
    response.writeHead(200, { 'content-type': file[1], 'cache-control': 'no-store' }).end(body);
  }

  #listen(response: ServerResponse): void {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    response.write(this.#latest);
    this.#listeners.add(response);
    response.on('close', () => this.#listeners.delete(response));
  }

  async #command(path: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await bodyOf(request);
    const done = (status: number, text: string): void => void response.writeHead(status, { 'content-type': 'text/plain' }).end(text);
    if (path === '/speed' && v.is(speedBody, body)) {
      this.#speed = body.speed;
      return done(200, 'ok');
    }
    if (path === '/brake' && v.is(brakeBody, body)) return done(...this.#brake(body));
    if (path === '/skip' && v.is(skipBody, body)) {
      this.#skipMs += body.minutes * 60_000;
      return done(200, 'ok');
    }
    if (path === '/break' && v.is(breakBody, body)) return done(...this.#break(body.breakage, body.stage));
    if (path === '/click' && v.is(clickBody, body) && people.some((p) => p.id === body.user)) {
      // the message may have been edited between the look and the press: then the button is gone
      if (!this.#run.slack.messages.some((m) => m.ts === body.messageTs && JSON.stringify(m.blocks).includes(JSON.stringify(body.value))))
        return done(409, 'this button is no longer there');
      return done(await this.#run.click(body.user, body.messageTs, body.actionId, body.value), '');
    }
    done(400, `${path} does not take ${JSON.stringify(body)?.slice(0, 200) ?? 'nothing'}`);
  }

  /** What the owner holds in hand: the switch that stops every new change, and the calendar that has people asked. */
  #brake({ brake, on }: v.InferOutput<typeof brakeBody>): [number, string] {
    const { account, installed } = this.#run;
    if (brake === 'kill-switch') account.putParameter(installed.installation.killSwitchParameter, on ? 'on' : 'off');
    else account.putCalendar(calendar, on ? 'CLOSED' : 'OPEN');
    this.#view.brakes = { ...this.#view.brakes, [brake]: on };
    return [200, `${brake} is ${on ? 'on' : 'off'}`];
  }

  /** Breaks the chosen stage, or the shop's stage of the type this can happen to. */
  #break(id: string, key: string): [number, string] {
    const chosen = this.#run.shop.stages.find((s) => keyOf(s) === key);
    if (!chosen) return [400, `no stage ${key}`];
    if (id === 'mend') return [200, this.#mend(chosen)];
    const found = breakage(id);
    const stage = found.on === undefined ? chosen : victimOf(this.#run.shop, found);
    found.prepare?.(this.#run.shop, stage);
    found.breakIt(this.#run.shop, stage);
    this.#broken.set(keyOf(stage), id);
    return [200, `broke ${id}`];
  }

  #mend(stage: ShopStage): string {
    const broken = this.#broken.get(keyOf(stage));
    if (broken === undefined) return 'nothing was broken';
    breakage(broken).mend(this.#run.shop, stage);
    this.#broken.delete(keyOf(stage));
    return `mended ${broken}`;
  }
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request) {
    const bytes = Buffer.from(part as Uint8Array);
    size += bytes.length;
    if (size > largestBodyBytes) return undefined;
    parts.push(bytes);
  }
  try {
    return JSON.parse(Buffer.concat(parts).toString('utf8')) as unknown;
  } catch {
    return undefined;
  }
}
