// On a cluster a relation must be on every node: what is asked for without ON CLUSTER is done on one of them.

import { roleName, roleOf } from '../shared/aspects/relations';
import type { Built } from './core';

export async function nodeProblems({ server, catalogue }: Built): Promise<string[]> {
  const { cluster, databases } = server.ref;
  if (cluster === null) return [];
  const literals = { cluster: { kind: 'cluster', value: cluster } } as const;
  const rows = await server.rows('relations-of-nodes', { literals });
  return rows.flatMap(({ database, name, nodes, all_nodes }) => {
    const role = roleOf(String(database), databases);
    const full = role && roleName({ database: role, name: String(name) });
    if (!full || !catalogue.has(full) || nodes === all_nodes) return [];
    return [`${full} is on ${nodes} of ${all_nodes} nodes of cluster ${cluster}`];
  });
}
