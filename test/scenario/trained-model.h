#ifndef TRAINED_MODEL_H
#define TRAINED_MODEL_H

#include "program-runner.h"

#include <gtest/gtest.h>
#include <memory>
#include <stdexcept>
#include <string>

namespace nctest
{

/** Runs a program that has to succeed. */
inline ProgramResult
RunWell(const std::string& line)
{
    ProgramResult result = RunProgramLine(line);
    if (result.status != 0)
    {
        throw std::runtime_error(line + ": status " + std::to_string(result.status) + ", " +
                                 result.errors);
    }
    return result;
}

/** A training of some tenths of a second; --out and what else is wanted go behind it. */
inline std::string
TrainingOf(const std::string& data, int epochs = 1)
{
    return "train-detector --quiet --data=" + data + " --epochs=" + std::to_string(epochs) +
           " --windows-per-epoch=200 --hidden=8 --latent=4 --classifier=8 ";
}

/**
 * Two short runs and a model trained on them, made once for all tests of a program. The model is
 * a poor one: these tests are about programs, not about what a network can learn.
 */
class WithTrainedModel : public testing::Test
{
  protected:
    static void SetUpTestSuite()
    {
        s_made = std::make_unique<TemporaryFolder>();
        for (const char* run : {"1", "2"})
        {
            RunWell("consensus-scenario --quiet --nodes=3 --clients=0 --duration=20s"
                    " --random-faults --fault-gap=3s --observations --RngRun=" +
                    std::string(run) + " --out=" + Runs() + "/" + run);
        }
        RunWell(TrainingOf(Runs()) + "--out=" + Model());
    }

    static void TearDownTestSuite()
    {
        s_made.reset();
    }

    static std::string Runs()
    {
        return *s_made / "runs";
    }

    static std::string Model()
    {
        return *s_made / "model.ncm";
    }

    const TemporaryFolder m_folder;

  private:
    inline static std::unique_ptr<TemporaryFolder> s_made;
};

} // namespace nctest

#endif /* TRAINED_MODEL_H */
