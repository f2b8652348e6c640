#ifndef NEURAL_TORCH_TRAINER_H
#define NEURAL_TORCH_TRAINER_H

#include "neural-model-file.h"
#include "neural-training.h"

namespace ns3::neural
{

/**
 * Trains a network: reconstruction of steady healthy windows, weighted cross-entropy on all, Adam.
 * @param model sizes of the network
 * @param config how to train
 * @param data split by run
 * @param observer told of the progress
 * @param report takes the course of the training
 * @return the model of the epoch with the lowest validation loss
 * @throws std::invalid_argument where a value is out of range or a side has no steady healthy
 * window
 * @throws std::runtime_error where the loss stops being a number
 */
StoredModel TrainNetwork(const ModelConfig& model,
                         const TrainingConfig& config,
                         const TrainingData& data,
                         TrainingObserver& observer,
                         TrainingReport& report);

} // namespace ns3::neural

#endif /* NEURAL_TORCH_TRAINER_H */
