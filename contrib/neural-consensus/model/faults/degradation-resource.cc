#include "degradation-resource.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace ns3::faults
{

namespace
{

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr double HEAP_ONSET = 0.2;
constexpr double CPU_ONSET = 0.5;
constexpr double NIC_ONSET = 0.15;
constexpr double DISK_ONSET = 0.15;
constexpr double QUEUE_ONSET = 0.5;

Nanos
Scale(Nanos time, double factor)
{
    return Nanos(std::llround(static_cast<double>(time.count()) * factor));
}

double
Exponential(const UniformSource& uniform)
{
    return -std::log1p(-uniform());
}

/** Adds a symptom, cut off at the end. */
void
Add(std::vector<Symptom>& symptoms, const SymptomSource& source, Symptom symptom)
{
    symptom.length = std::min(symptom.length, source.end - symptom.at);
    if (symptom.length > Nanos{})
    {
        symptoms.push_back(symptom);
    }
}

/** Garbage collection: pauses that get longer and more frequent as less is free. */
std::vector<Symptom>
DrawHeap(const SymptomSource& source)
{
    std::vector<Symptom> symptoms;
    Nanos now{};
    while (now < source.end)
    {
        // A collector runs all the time; below the onset it is too short to be felt.
        const double x = source.state(now);
        const double available = std::max(1 - x, 0.03);
        if (x >= HEAP_ONSET)
        {
            const double work = source.severity * (0.5 + source.uniform()) / available;
            Symptom pause;
            pause.at = now;
            pause.length = std::min(Scale(milliseconds(16), work), Nanos(milliseconds(400)));
            Add(symptoms, source, pause);
            now += pause.length;
        }
        now += milliseconds(40) + Scale(milliseconds(900), available * Exponential(source.uniform));
    }
    return symptoms;
}

/** A quota that is used up: held to the end of the period, sometimes several in a row. */
std::vector<Symptom>
DrawCpu(const SymptomSource& source)
{
    constexpr Nanos period = milliseconds(100);
    std::vector<Symptom> symptoms;
    for (Nanos start{}; start < source.end; start += period)
    {
        const double x = source.state(start);
        const double draw = source.uniform();
        if (x < CPU_ONSET || draw >= source.severity * (x - 0.3))
        {
            continue;
        }
        Symptom* last = symptoms.empty() ? nullptr : &symptoms.back();
        if (last && last->at + last->length == start)
        {
            last->length = std::min(start + period, source.end) - last->at;
        }
        else
        {
            Symptom pause;
            pause.at = start;
            pause.length = period;
            Add(symptoms, source, pause);
        }
    }
    return symptoms;
}

/** Bursts of loss, ever closer to each other. */
std::vector<Symptom>
DrawNic(const SymptomSource& source)
{
    std::vector<Symptom> symptoms;
    Nanos now{};
    while (now < source.end)
    {
        const double x = source.state(now);
        if (x >= NIC_ONSET)
        {
            Symptom burst;
            burst.at = now;
            burst.length = milliseconds(50) + Scale(milliseconds(350), x * source.uniform());
            burst.loss = std::min(0.95, source.severity * (0.3 + x));
            Add(symptoms, source, burst);
            now += burst.length;
        }
        now += milliseconds(50) + Scale(milliseconds(1500), (1 - x) * Exponential(source.uniform));
    }
    return symptoms;
}

/** Bouts of slow writes: how slow grows by orders of magnitude, the calm between them shrinks. */
std::vector<Symptom>
DrawDisk(const SymptomSource& source)
{
    std::vector<Symptom> symptoms;
    Nanos now{};
    while (now < source.end)
    {
        const double x = source.state(now);
        if (x >= DISK_ONSET)
        {
            Symptom bout;
            bout.at = now;
            bout.length = milliseconds(100) + Scale(milliseconds(1400), x * source.uniform());
            const double tail = std::pow(10, 1 + 2.5 * x);
            bout.diskFactor = 1 + source.severity * tail * (0.5 + source.uniform());
            Add(symptoms, source, bout);
            now += bout.length;
        }
        now += milliseconds(100) + Scale(milliseconds(3000), (1 - x) * Exponential(source.uniform));
    }
    return symptoms;
}

/** Waiting in a queue whose load x nears 1: 1 / (1 - x), in steps of 100 ms without a break. */
std::vector<Symptom>
DrawQueue(const SymptomSource& source)
{
    constexpr Nanos step = milliseconds(100);
    std::vector<Symptom> symptoms;
    for (Nanos now{}; now < source.end; now += step)
    {
        const double x = source.state(now);
        if (x >= QUEUE_ONSET)
        {
            Symptom wait;
            wait.at = now;
            wait.length = step;
            wait.delay =
                std::max(Nanos(1), Scale(milliseconds(4), source.severity / std::max(1 - x, 0.01)));
            Add(symptoms, source, wait);
        }
    }
    return symptoms;
}

} // namespace

const ResourceModel&
ModelOf(Resource resource)
{
    static constexpr std::array<ResourceModel, RESOURCE_COUNT> models{{
        {HEAP_ONSET, minutes(30), true, CrashScope::PROCESS, DrawHeap},
        {CPU_ONSET, minutes(30), true, CrashScope::HOST, DrawCpu},
        {NIC_ONSET, minutes(30), true, CrashScope::HOST, DrawNic},
        {DISK_ONSET, minutes(60), true, CrashScope::EITHER, DrawDisk},
        {QUEUE_ONSET, seconds(15), false, CrashScope::PROCESS, DrawQueue},
    }};
    return models.at(static_cast<std::size_t>(resource));
}

Nanos
DegradationLength(Resource resource, double compression)
{
    const ResourceModel& model = ModelOf(resource);
    return model.compressed ? std::max(Nanos(1), Scale(model.naturalLength, 1 / compression))
                            : model.naturalLength;
}

} // namespace ns3::faults
