#include "neural-backend.h"

#include <dlfcn.h>
#include <filesystem>
#include <iostream>
#include <limits>
#include <stdexcept>

namespace ns3::neural
{

namespace fs = std::filesystem;

namespace
{

constexpr const char* LIBRARY_NAME = "libneural-consensus-torch.so";

/** @return the file that the object at `address` was loaded from, links resolved; or nothing */
std::string
FileOf(const void* address)
{
    Dl_info info{};
    if (address == nullptr || dladdr(address, &info) == 0 || info.dli_fname == nullptr)
    {
        return {};
    }
    std::error_code error;
    const fs::path file = fs::canonical(info.dli_fname, error);
    return error ? std::string(info.dli_fname) : file.string();
}

/** The reference BLAS makes LibTorch 8 to 10 times slower, and nothing else would tell. */
void
WarnOfReferenceBlas(void* library)
{
    const std::string blas = FileOf(dlsym(library, "sgemm_"));
    const auto mentions = [&blas](const char* name) {
        return blas.find(name) != std::string::npos;
    };
    if (mentions("/blas/") && !mentions("openblas") && !mentions("atlas") && !mentions("mkl"))
    {
        std::cerr << "neural-consensus: LibTorch uses the reference BLAS (" << blas
                  << "), which is 8 to 10 times slower than OpenBLAS; "
                     "on Debian install libopenblas0-serial"
                  << std::endl;
    }
}

/** Looks beside this library first, so that a build never picks up another one's backend. */
void*
OpenLibrary()
{
    const std::string self = FileOf(reinterpret_cast<const void*>(&LoadBackend));
    const fs::path beside = fs::path(self).parent_path() / LIBRARY_NAME;
    std::error_code error;
    const bool isBeside = !self.empty() && fs::exists(beside, error);
    void* library = dlopen(isBeside ? beside.c_str() : LIBRARY_NAME, RTLD_NOW | RTLD_LOCAL);
    if (library == nullptr)
    {
        const char* reason = dlerror();
        throw std::runtime_error("the neural part cannot be loaded (" +
                                 std::string(reason ? reason : "no reason given") + "): expected " +
                                 LIBRARY_NAME + " beside " + (self.empty() ? "the program" : self) +
                                 ", which is built where LibTorch is found");
    }
    return library;
}

Backend&
OpenBackend()
{
    void* library = OpenLibrary();
    const auto abi = reinterpret_cast<BackendAbiFunction>(dlsym(library, BACKEND_ABI_SYMBOL));
    const auto make = reinterpret_cast<BackendFunction>(dlsym(library, BACKEND_SYMBOL));
    if (abi == nullptr || make == nullptr || abi() != BACKEND_ABI)
    {
        const std::string found = abi == nullptr ? "none" : std::to_string(abi());
        dlclose(library);
        throw std::runtime_error(std::string(LIBRARY_NAME) + " has interface version " + found +
                                 ": expected " + std::to_string(BACKEND_ABI) +
                                 ", built together with this program");
    }
    WarnOfReferenceBlas(library);
    return *make();
}

} // namespace

void
Model::Classify(const float* windows, std::size_t count, Scores* scores)
{
    Forward(windows, count, scores);
}

double
Model::AnomalyThreshold() const
{
    return std::numeric_limits<double>::infinity();
}

Backend&
LoadBackend()
{
    // Where it throws, the next call tries again.
    static Backend& backend = OpenBackend();
    return backend;
}

} // namespace ns3::neural
