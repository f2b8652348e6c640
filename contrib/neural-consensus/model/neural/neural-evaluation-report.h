#ifndef NEURAL_EVALUATION_REPORT_H
#define NEURAL_EVALUATION_REPORT_H

#include "neural-evaluation.h"

#include <iosfwd>

/**
 * @file
 * An evaluation as files and as a table; doc/formats.md describes the columns.
 */
namespace ns3::neural
{

/** Writes counts on identifiable windows: a row for each true class, a column for each predicted.
 */
void WriteConfusionMatrix(const Evaluation& evaluation, std::ostream& out);

/**
 * Writes a row for each class and choice: scope (identifiable or all, with oracle- in front for
 * the oracle's), unit (window or episode),
 * class, precision, recall, f1, support_windows, episodes, thin. What is not defined is empty. The
 * class `macro` is the mean of the classes that occur.
 */
void WriteMetrics(const Evaluation& evaluation, std::ostream& out);

/** Writes everything, with the confidence intervals and the options of the evaluation, as JSON. */
void WriteEvaluationJson(const Evaluation& evaluation, std::ostream& out);

/** Writes the headline for readers. */
void WriteEvaluationTable(const Evaluation& evaluation, std::ostream& out);

} // namespace ns3::neural

#endif /* NEURAL_EVALUATION_REPORT_H */
