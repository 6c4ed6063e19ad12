import type { SubjectEvidence } from '../domain/subject-evidence.js';

/** What the aggregation knows of a subject. */
export abstract class EvidenceStore {
  /**
   * The merged statistics of a subject; its cost does not grow with the number of events or units.
   *
   * @param asOf the moment of the look; full days are counted to it
   */
  abstract read(subjectId: string, asOf: Date): Promise<SubjectEvidence>;

  /**
   * The same statistics within each value of a frozen attribute, computed from unit rows on the spot. For exploration:
   * its cost grows with the units of the subject. Units without the attribute are under ''.
   */
  abstract readBy(
    subjectId: string,
    attribute: string,
    asOf: Date,
  ): Promise<ReadonlyArray<{ readonly value: string; readonly evidence: SubjectEvidence }>>;
}
