import type * as z from 'zod';

/** More are not listed: an error of an execution ends at 32,768 characters. */
const MOST = 60;

/** Every problem of a value as a sentence with the path of the member it is about. */
export function problemsOf(error: z.ZodError): string[] {
  const problems = error.issues.map((issue) => {
    const path = issue.path.map(String).join('.').slice(0, 200);
    return `${path || 'the input'}: ${sentence(issue.message)}`;
  });
  const more = problems.length - MOST;
  return more > 0 ? [...problems.slice(0, MOST), `and ${more} more`] : problems;
}

function sentence(message: string): string {
  if (message.endsWith('received undefined')) return 'is missing';
  return message.charAt(0).toLowerCase() + message.slice(1, 300);
}
