// `runbooks init rdw`: a target's member `rdw` from the operator's own configuration files.

import { UsageError } from '../errors';
import { plural } from '../format';
import type { InitRdwOptions } from '../options';
import { missingIn } from './missing';
import { rdwDraft } from './rdw-draft';
import { Settings } from './settings';
import { mergedTarget, readTargetFile, tenantsIn, writeTargetFile } from './target-file';
import { hiddenPlaces } from './tenants';

/** Runs the command: 0 when the file is complete, 2 when something is missing in it. */
export async function initRdw(options: InitRdwOptions): Promise<number> {
  try {
    return init(options);
  } catch (error) {
    if (options.json && error instanceof UsageError) {
      const { name, message } = error;
      process.stdout.write(`${JSON.stringify({ error: { name, message } })}\n`);
    }
    throw error;
  }
}

function init(options: InitRdwOptions): number {
  const settings = Settings.read(options.config);
  const draft = rdwDraft(settings, options);
  const old = readTargetFile(options.out);
  const hidden = hiddenPlaces(settings);
  const target = mergedTarget(options.out, old, draft, { force: options.force, hidden });
  const known = tenantsIn(old).map(({ id }) => id);
  const places = [...hidden].filter(([id]) => !known.includes(id));
  const missing = [
    ...draft.findings,
    ...places.map(([id, property]) => {
      return `rdw.tenants.${id}.pathPrefix: is not known (${property} ${settings.unusable.get(property)})`;
    }),
    ...missingIn(target, settings),
  ];
  writeTargetFile(options.out, target);
  const tenants = target.rdw.tenants.map(({ id }) => id);
  const told = [...missing, ...draft.notes].join();
  const silent = [...settings.unusable].filter(([property]) => !told.includes(property));
  const notes = [
    ...draft.notes,
    ...silent.map(([property, reason]) => `${property} ${reason}: it is left out`),
  ];
  if (options.json) {
    process.stdout.write(`${JSON.stringify({ file: options.out, tenants, missing, notes })}\n`);
  } else {
    const say = (text: string) => process.stdout.write(`${text}\n`);
    say(`Wrote ${options.out}: ${plural(tenants.length, 'tenant')} ${tenants.join(', ')}`.trim());
    for (const note of notes) say(`Note: ${note}`);
    if (missing.length > 0) {
      say(
        `${plural(missing.length, 'thing')} missing or wrong; give them as options with --force, or write them into the file:`,
      );
      for (const one of missing) say(`  - ${one}`);
    }
  }
  return missing.length === 0 ? 0 : 2;
}
