#ifndef NEURAL_TORCH_LSTM_H
#define NEURAL_TORCH_LSTM_H

#include <cstdint>

namespace at
{
class Tensor;
}

namespace torch::nn
{
class LSTM;
}

namespace ns3::neural
{

/**
 * What torch::nn::LSTM::forward() computes, from state 0, at less than half the time on a CPU:
 * there, LibTorch spends three quarters of the time on the bookkeeping of many small operations.
 * Elsewhere it is the module's own forward().
 * @param lstm the module, time-major, without projection, in one direction
 * @param inputs [steps, windows, inputs]
 * @return outputs of the last layer, [steps, windows, hidden]
 */
at::Tensor RunLstm(torch::nn::LSTM& lstm, const at::Tensor& inputs);

/**
 * As RunLstm(), where the input is the same at every step; its part of the gates is computed once.
 * @param lstm the module
 * @param input [windows, inputs]
 * @param steps how many
 */
at::Tensor RunLstmOnConstant(torch::nn::LSTM& lstm, const at::Tensor& input, int64_t steps);

} // namespace ns3::neural

#endif /* NEURAL_TORCH_LSTM_H */
