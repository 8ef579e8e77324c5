import * as vscode from 'vscode';
import type { DoctorReport } from '../../core/operations/doctor.js';
import type { StoreNotice } from '../../core/ports/storage.js';
import type { StoreSizes } from '../../storage/store-files.js';

/** What is known of a store's files: found at the open, measured now, checked by the doctor. */
export interface StoreReport {
  /** Where the files are, for a person. */
  readonly place: string;
  /** Why it could not be opened; null when it is open. */
  readonly failure: string | null;
  readonly readOnlyReason: string | null;
  readonly notices: readonly StoreNotice[];
  /** Null when the store is not open. */
  readonly sizes: StoreSizes | null;
  /** Null when it was not asked. */
  readonly doctor: DoctorReport | null;
}

/** The report as Markdown, shown as it is written. */
export function reportText(report: StoreReport): string {
  const { t } = vscode.l10n;
  const { sizes, doctor } = report;
  const lines = [`# ${t('The store of this window')}`, '', `\`${report.place}\``, '', stateOf(report)];
  if (doctor !== null) {
    lines.push('', `## ${t('Health')}`, '');
    if (doctor.problems.length === 0) lines.push(t('Every commit, content, ref and record was checked. All is well.'));
    for (const { severity, code, detail, repaired } of doctor.problems) {
      lines.push(`- **${severity}** ${code}: ${detail}${repaired ? ` (${t('repaired')})` : ''}`);
    }
  }
  if (report.notices.length > 0) lines.push('', `## ${t('What was found when it was opened')}`);
  for (const { code, message, problems } of report.notices) {
    lines.push('', `### ${code}`, '', message, '', ...problems.map((problem) => `- ${problem}`));
  }
  if (sizes !== null) lines.push('', `## ${t('Sizes')}`, '', ...sizeRows(sizes));
  return `${lines.join('\n').replace(/\n{3,}/g, '\n\n')}\n`;
}

function stateOf({ failure, readOnlyReason }: StoreReport): string {
  if (failure !== null) return vscode.l10n.t('It could not be opened: {0}', failure);
  if (readOnlyReason !== null) return vscode.l10n.t('Read-only here: {0}', readOnlyReason);
  return vscode.l10n.t('Open for writing in this window.');
}

function sizeRows(sizes: StoreSizes): string[] {
  const { t } = vscode.l10n;
  const rows: [string, string][] = [
    [t('Texts'), t('{0} in {1}', bytes(sizes.contentBytes), sizes.contents.toLocaleString('en'))],
    [t('Log (texts and journal)'), bytes(sizes.logBytes)],
    [t('Snapshots'), bytes(sizes.snapshotBytes)],
    [t('Metadata in memory'), bytes(sizes.databaseBytes)],
    [
      t('A confirmed change survives'),
      sizes.durability === 'machine crash'
        ? t('a crash of the machine')
        : t('what the host of its file system survives'),
    ],
    [t('Damaged files set aside'), sizes.setAside.length === 0 ? t('none') : sizes.setAside.join(', ')],
  ];
  return rows.map(([name, value]) => `- ${name}: ${value}`);
}

/** `1.4 MB`, for a person. */
export function bytes(count: number): string {
  if (count < 1000) return `${String(count)} B`;
  return count < 1e6 ? `${(count / 1e3).toFixed(1)} kB` : `${(count / 1e6).toFixed(1)} MB`;
}
