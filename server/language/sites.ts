/** Finding what stands at an offset. */
import type { Site } from '../experiment/inspect.ts'
import { contains, type Span } from '../experiment/tree.ts'
import type { ExperimentDocument } from './document.ts'

/** From the outermost to the innermost. */
export function sitesAt({ inspection }: ExperimentDocument, offset: number): Site[] {
  return inspection.sites
    .filter(site => contains(siteSpan(site), offset))
    .sort((a, b) => siteSpan(b).length - siteSpan(a).length)
}

/** Key and value. */
export function siteSpan({ member, value }: Site): Span {
  return member?.span ?? value.span
}
