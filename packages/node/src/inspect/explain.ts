// What the actors of this node mean: what is wrong, who waits on whom, what there is most of.

import { explanationParts } from '../seeing/explainer.ts'
import type { Services } from '../services.ts'
import { readQuery, some } from './query.ts'
import { ReadyJson } from './ready-json.ts'

/** The explanation of now: the `parts` of the query, `lints,graph`, or all. */
export async function viewExplanation(
  { explainer }: Services,
  query: URLSearchParams,
): Promise<ReadyJson> {
  const { parts } = readQuery(query, { parts: some(explanationParts) })
  return new ReadyJson(await explainer.explain(parts))
}
