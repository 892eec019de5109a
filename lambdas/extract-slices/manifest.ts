// Manifests: that of a slice as Aurora writes it, and the one of all slices that COPY reads. Pure.
// https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/AuroraMySQL.Integrating.SaveIntoS3.html
// https://docs.aws.amazon.com/redshift/latest/dg/loading-data-files-using-manifest.html

/** A file of a slice. */
export interface Part {
  readonly key: string;
  readonly bytes: number;
}

/**
 * Keys of the files of a slice.
 *
 * @param stem what their keys begin with, before `.part_00000`
 * @returns undefined when the text is no manifest, or names anything but files of this slice
 */
export function partKeys(text: string, bucket: string, stem: string): string[] | undefined {
  let entries: unknown;
  try {
    entries = (JSON.parse(text) as { entries?: unknown } | null)?.entries;
  } catch {
    return undefined;
  }
  if (!Array.isArray(entries)) return undefined;
  const keys = entries.map((entry: { url?: unknown } | null) => keyOf(entry?.url, bucket));
  // Parts are numbered from 0 without a gap; a number twice would be loaded twice.
  const whole = keys.every((key, i) => key === `${stem}.part_${String(i).padStart(5, '0')}`);
  return whole ? (keys as string[]) : undefined;
}

function keyOf(url: unknown, bucket: string): string | undefined {
  const [, there, key] = /^s3(?:-[a-z0-9-]+)?:\/\/([^/]+)\/(.+)$/.exec(String(url)) ?? [];
  return there === bucket ? key : undefined;
}

/** The manifest of all slices: exact keys, each of which must be there as long as it is now. */
export function manifestOf(bucket: string, parts: readonly Part[]): string {
  return JSON.stringify({
    entries: parts.map(({ key, bytes }) => ({
      url: `s3://${bucket}/${key}`,
      mandatory: true,
      meta: { content_length: bytes },
    })),
  });
}
