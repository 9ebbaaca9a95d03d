// What the actors of this node mean: what is wrong, who waits on whom, what there is most of.

import { type ExplanationPart, explanationParts } from '../seeing/explainer.ts'
import type { Services } from '../services.ts'
import { NoView } from './no-view.ts'
import { ReadyJson } from './ready-json.ts'

/** The explanation of now: the `parts` of the query, `lints,graph`, or all. */
export async function viewExplanation(
  { explainer }: Services,
  query: URLSearchParams,
): Promise<ReadyJson> {
  const parts = query.get('parts')?.split(',') ?? explanationParts
  return new ReadyJson(await explainer.explain(parts.map(partOf)))
}

function partOf(name: string): ExplanationPart {
  const part = explanationParts.find((one) => one === name)
  if (part !== undefined) return part
  throw new NoView(400, `parts: expected some of ${explanationParts.join(',')}, got ${name}`)
}
