#include "neural-torch-lstm.h"

#include <torch/torch.h>
#include <vector>

namespace ns3::neural
{

namespace
{

using torch::autograd::AutogradContext;
using torch::autograd::tensor_list;

/**
 * The gates of a step lie side by side in a row, as LibTorch stores weights: input, forget, cell,
 * output, of `hidden` values each. The loops below are plain so that the compiler vectorises them.
 */
struct StepSize
{
    int64_t windows;
    int64_t hidden;
};

/** tanh(x) = 2 sigmoid(2 x) - 1, so that one call activates all gates; sigmoid is the faster one.
 */
void
ActivateGates(torch::Tensor gates, StepSize size)
{
    float* row = gates.data_ptr<float>();
    for (int64_t w = 0; w < size.windows; ++w, row += 4 * size.hidden)
    {
        float* __restrict cell = row + 2 * size.hidden;
        for (int64_t k = 0; k < size.hidden; ++k)
        {
            cell[k] *= 2.0F;
        }
    }
    gates.sigmoid_();
    row = gates.data_ptr<float>();
    for (int64_t w = 0; w < size.windows; ++w, row += 4 * size.hidden)
    {
        float* __restrict cell = row + 2 * size.hidden;
        for (int64_t k = 0; k < size.hidden; ++k)
        {
            cell[k] = 2.0F * cell[k] - 1.0F;
        }
    }
}

/** c = f c' + i g; leaves sigmoid(2 c) to be taken in `squashed`, which holds 2 c. */
void
UpdateCells(const float* gates, const float* previous, float* cells, float* squashed, StepSize size)
{
    const int64_t h = size.hidden;
    for (int64_t w = 0; w < size.windows; ++w)
    {
        const float* __restrict in = gates + w * 4 * h;
        const float* __restrict forget = in + h;
        const float* __restrict candidate = in + 2 * h;
        const float* __restrict before = previous + w * h;
        float* __restrict cell = cells + w * h;
        float* __restrict twice = squashed + w * h;
        for (int64_t k = 0; k < h; ++k)
        {
            cell[k] = forget[k] * before[k] + in[k] * candidate[k];
            twice[k] = 2.0F * cell[k];
        }
    }
}

/** tanh(c) from sigmoid(2 c), and the output o tanh(c). */
void
UpdateOutputs(const float* gates, float* squashed, float* outputs, StepSize size)
{
    const int64_t h = size.hidden;
    for (int64_t w = 0; w < size.windows; ++w)
    {
        const float* __restrict out = gates + (w * 4 + 3) * h;
        float* __restrict tanh = squashed + w * h;
        float* __restrict output = outputs + w * h;
        for (int64_t k = 0; k < h; ++k)
        {
            tanh[k] = 2.0F * tanh[k] - 1.0F;
            output[k] = out[k] * tanh[k];
        }
    }
}

/** Pointers of one step of the backward pass. */
struct BackwardStep
{
    const float* gates;         //!< activated
    const float* cellsBefore;   //!< c'
    const float* squashed;      //!< tanh(c)
    const float* outputGrad;    //!< of h, from the layer above
    const float* recurrentGrad; //!< of h, from the step after
    float* cellGrad;            //!< of c, from the step after; then of c'
    float* gateGrad;            //!< takes the gradient of the gates before activation
};

void
StepBack(const BackwardStep& step, StepSize size)
{
    const int64_t h = size.hidden;
    for (int64_t w = 0; w < size.windows; ++w)
    {
        const float* __restrict in = step.gates + w * 4 * h;
        const float* __restrict forget = in + h;
        const float* __restrict candidate = in + 2 * h;
        const float* __restrict out = in + 3 * h;
        const float* __restrict before = step.cellsBefore + w * h;
        const float* __restrict tanh = step.squashed + w * h;
        const float* __restrict above = step.outputGrad + w * h;
        const float* __restrict after = step.recurrentGrad + w * h;
        float* __restrict cell = step.cellGrad + w * h;
        float* __restrict inGrad = step.gateGrad + w * 4 * h;
        float* __restrict forgetGrad = inGrad + h;
        float* __restrict candidateGrad = inGrad + 2 * h;
        float* __restrict outGrad = inGrad + 3 * h;
        for (int64_t k = 0; k < h; ++k)
        {
            const float dh = above[k] + after[k];
            const float dc = cell[k] + dh * out[k] * (1.0F - tanh[k] * tanh[k]);
            inGrad[k] = dc * candidate[k] * in[k] * (1.0F - in[k]);
            forgetGrad[k] = dc * before[k] * forget[k] * (1.0F - forget[k]);
            candidateGrad[k] = dc * in[k] * (1.0F - candidate[k] * candidate[k]);
            outGrad[k] = dh * tanh[k] * out[k] * (1.0F - out[k]);
            cell[k] = dc * forget[k];
        }
    }
}

/**
 * The recurrence of one layer. What the layer's input adds to the gates is an argument, so that
 * LibTorch's own matrix product and its gradient do that part.
 */
class Recurrence : public torch::autograd::Function<Recurrence>
{
  public:
    /**
     * @param context keeps what backward() needs
     * @param inputGates [steps, windows, 4 hidden]
     * @param weight of the recurrence, [4 hidden, hidden]
     * @return [steps, windows, hidden]
     */
    static torch::Tensor forward(AutogradContext* context,
                                 const torch::Tensor& inputGates,
                                 const torch::Tensor& weight)
    {
        const int64_t steps = inputGates.size(0);
        const StepSize size{inputGates.size(1), weight.size(1)};
        const torch::Tensor gates = inputGates.clone(at::MemoryFormat::Contiguous);
        const torch::Tensor transposed = weight.t();
        const auto options = gates.options();
        // One step more than there is: states before the first are 0.
        const torch::Tensor cells = torch::empty({steps + 1, size.windows, size.hidden}, options);
        const torch::Tensor outputs = torch::empty({steps + 1, size.windows, size.hidden}, options);
        const torch::Tensor squashed = torch::empty({steps, size.windows, size.hidden}, options);
        cells[0].zero_();
        outputs[0].zero_();
        for (int64_t t = 0; t < steps; ++t)
        {
            torch::Tensor step = gates[t];
            if (t > 0)
            {
                step.addmm_(outputs[t], transposed);
            }
            ActivateGates(step, size);
            const float* activated = step.data_ptr<float>();
            torch::Tensor tanh = squashed[t];
            UpdateCells(activated,
                        cells[t].data_ptr<float>(),
                        cells[t + 1].data_ptr<float>(),
                        tanh.data_ptr<float>(),
                        size);
            tanh.sigmoid_();
            UpdateOutputs(activated,
                          tanh.data_ptr<float>(),
                          outputs[t + 1].data_ptr<float>(),
                          size);
        }
        context->save_for_backward({weight});
        context->saved_data["gates"] = gates;
        context->saved_data["cells"] = cells;
        context->saved_data["squashed"] = squashed;
        context->saved_data["outputs"] = outputs;
        return outputs.slice(0, 1).clone();
    }

    static tensor_list backward(AutogradContext* context, tensor_list gradients)
    {
        const torch::Tensor weight = context->get_saved_variables()[0];
        const torch::Tensor gates = context->saved_data["gates"].toTensor();
        const torch::Tensor cells = context->saved_data["cells"].toTensor();
        const torch::Tensor squashed = context->saved_data["squashed"].toTensor();
        const torch::Tensor outputs = context->saved_data["outputs"].toTensor();
        const torch::Tensor outputGrad = gradients[0].contiguous();
        const int64_t steps = gates.size(0);
        const StepSize size{gates.size(1), weight.size(1)};
        const torch::Tensor gateGrad = torch::empty_like(gates);
        const torch::Tensor cellGrad = torch::zeros_like(cells[0]);
        torch::Tensor recurrentGrad = torch::zeros_like(cells[0]);
        for (int64_t t = steps - 1; t >= 0; --t)
        {
            const torch::Tensor step = gateGrad[t];
            StepBack({gates[t].data_ptr<float>(),
                      cells[t].data_ptr<float>(),
                      squashed[t].data_ptr<float>(),
                      outputGrad[t].data_ptr<float>(),
                      recurrentGrad.data_ptr<float>(),
                      cellGrad.data_ptr<float>(),
                      step.data_ptr<float>()},
                     size);
            if (t > 0)
            {
                at::mm_out(recurrentGrad, step, weight);
            }
        }
        const int64_t rows = steps * size.windows;
        const torch::Tensor before = outputs.slice(0, 0, steps).reshape({rows, size.hidden});
        return {gateGrad, gateGrad.view({rows, 4 * size.hidden}).t().mm(before)};
    }
};

/** Parameters of one layer, in the order of torch::nn::LSTM. */
struct LayerWeights
{
    torch::Tensor input;
    torch::Tensor recurrent;
    torch::Tensor bias; //!< both of LibTorch's, which only ever act as their sum

    LayerWeights(const std::vector<torch::Tensor>& all, std::size_t layer)
        : input(all[4 * layer]),
          recurrent(all[4 * layer + 1]),
          bias(all[4 * layer + 2] + all[4 * layer + 3])
    {
    }
};

/** All layers, from the gates of the first on. */
torch::Tensor
RunLayers(torch::nn::LSTM& lstm,
          const std::vector<torch::Tensor>& weights,
          const torch::Tensor& firstGates)
{
    const auto& options = lstm->options;
    torch::Tensor outputs = Recurrence::apply(firstGates, LayerWeights(weights, 0).recurrent);
    for (std::size_t layer = 1; layer < static_cast<std::size_t>(options.num_layers()); ++layer)
    {
        const LayerWeights next(weights, layer);
        outputs = torch::dropout(outputs, options.dropout(), lstm->is_training());
        outputs = Recurrence::apply(torch::linear(outputs, next.input, next.bias), next.recurrent);
    }
    return outputs;
}

} // namespace

torch::Tensor
RunLstm(torch::nn::LSTM& lstm, const torch::Tensor& inputs)
{
    if (!inputs.is_cpu())
    {
        return std::get<0>(lstm->forward(inputs));
    }
    const std::vector<torch::Tensor> weights = lstm->all_weights();
    const LayerWeights first(weights, 0);
    return RunLayers(lstm, weights, torch::linear(inputs, first.input, first.bias));
}

torch::Tensor
RunLstmOnConstant(torch::nn::LSTM& lstm, const torch::Tensor& input, int64_t steps)
{
    if (!input.is_cpu())
    {
        return std::get<0>(lstm->forward(input.unsqueeze(0).expand({steps, -1, -1})));
    }
    const std::vector<torch::Tensor> weights = lstm->all_weights();
    const LayerWeights first(weights, 0);
    const torch::Tensor gates = torch::linear(input, first.input, first.bias);
    return RunLayers(lstm, weights, gates.unsqueeze(0).expand({steps, -1, -1}));
}

} // namespace ns3::neural
