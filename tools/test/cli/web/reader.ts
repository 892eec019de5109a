// Somebody in front of the page.

import { Browser } from './browser';
import { scene } from './scene';

type Scene = Awaited<ReturnType<typeof scene>>;

/** A reader for each test of a file, and scenes that end with it. */
export function readers() {
  let reader: Reader;
  let runs: Scene[] = [];
  beforeEach(() => {
    reader = new Reader();
  });
  afterEach(async () => {
    await reader.close();
    for (const run of runs) await run.stop();
    runs = [];
  });
  return {
    reader: () => reader,
    scene: async (...what: Parameters<typeof scene>): Promise<Scene> => {
      const run = await scene(...what);
      runs.push(run);
      return run;
    },
  };
}

export class Reader extends Browser {
  /** Opens the page and waits until it shows something. */
  async shown(url: string, look?: { dark?: boolean }): Promise<void> {
    await this.open(url, look);
    await this.until('window.runbooks?.times.updates > 0');
  }

  text(selector: string): Promise<string> {
    return this.value(`document.querySelector(${JSON.stringify(selector)}).innerText`);
  }

  click(selector: string): Promise<unknown> {
    return this.value(`document.querySelector(${JSON.stringify(selector)}).click()`);
  }

  /** Class of a state in the picture. */
  stateOf(name: string): Promise<string> {
    return this.value(
      `document.querySelector('#machine [data-state="${name}"]').getAttribute('class')`,
    );
  }

  /** Tabs on until something has the focus. */
  async tabTo(selector: string): Promise<void> {
    for (let i = 0; i < 60; i++) {
      if (await this.value(`document.activeElement.matches('${selector}')`)) return;
      await this.press('Tab');
    }
    throw new Error(`no Tab leads to ${selector}`);
  }
}
