#include "consensus-ns3-options.h"

#include "ns3/attribute.h"
#include "ns3/command-line.h"
#include "ns3/config.h"
#include "ns3/fault-keys.h"
#include "ns3/global-value.h"
#include "ns3/string.h"
#include "ns3/type-id.h"

#include <algorithm>
#include <cctype>
#include <set>
#include <stdexcept>

namespace ns3
{

namespace
{

bool
IsNumber(const std::string& text, bool whole, bool negative)
{
    if (text.empty() || std::isspace(static_cast<unsigned char>(text.front())) ||
        (!negative && text.front() == '-'))
    {
        return false;
    }
    try
    {
        std::size_t used = 0;
        whole ? static_cast<double>(std::stoll(text, &used)) : std::stod(text, &used);
        return used == text.size();
    }
    catch (const std::logic_error&)
    {
        return false;
    }
}

/**
 * What a value of a type has to look like where ns-3 would abort instead of refusing.
 * @return nothing wrong, or what was expected
 */
std::string
WhatIsWrong(const std::string& type, const std::string& value)
{
    static const std::set<std::string> truths = {"true", "false", "1", "0", "t", "f"};
    if (type == "ns3::TimeValue" && !faults::ParseTime(value))
    {
        return "a time such as 150ms";
    }
    if (type == "ns3::UintegerValue" && !IsNumber(value, true, false))
    {
        return "a whole number of at least 0";
    }
    if (type == "ns3::IntegerValue" && !IsNumber(value, true, true))
    {
        return "a whole number";
    }
    if (type == "ns3::DoubleValue" && !IsNumber(value, false, true))
    {
        return "a number";
    }
    if (type == "ns3::BooleanValue" && !truths.count(value))
    {
        return "true or false";
    }
    TypeId ignored;
    if (type == "ns3::TypeIdValue" && !TypeId::LookupByNameFailSafe(value, &ignored))
    {
        return "the name of a class of ns-3";
    }
    return "";
}

/** @return the checker of an attribute or global value, null if there is none of the name */
Ptr<const AttributeChecker>
FindChecker(const std::string& name)
{
    const auto split = name.rfind("::");
    if (split == std::string::npos)
    {
        for (auto at = GlobalValue::Begin(); at != GlobalValue::End(); ++at)
        {
            if ((*at)->GetName() == name)
            {
                return (*at)->GetChecker();
            }
        }
        return nullptr;
    }
    TypeId type;
    TypeId::AttributeInformation info;
    if (TypeId::LookupByNameFailSafe(name.substr(0, split), &type) &&
        type.LookupAttributeByName(name.substr(split + 2), &info))
    {
        return info.checker;
    }
    return nullptr;
}

/** The printing options of ns-3's CommandLine. */
void
CheckPrint(const std::string& name, const std::string& value)
{
    static const std::set<std::string> plain = {"PrintHelp",
                                                "PrintVersion",
                                                "PrintGlobals",
                                                "PrintGroups",
                                                "PrintTypeIds"};
    TypeId type;
    if (name == "PrintAttributes")
    {
        if (!TypeId::LookupByNameFailSafe(value, &type))
        {
            throw std::invalid_argument("option --PrintAttributes: '" + value +
                                        "' is not the name of a class, as ns3::RaftApplication");
        }
    }
    else if (name == "PrintGroup" ? value.empty() : !plain.count(name))
    {
        throw std::invalid_argument("unknown option '--" + name + "': see --help");
    }
}

/** What global values need beyond their type, where ns-3 would abort. */
std::string
WhatIsWrongGlobally(const std::string& name, const std::string& value)
{
    const auto isMade = [&](const char* base) {
        TypeId type;
        TypeId parent;
        return TypeId::LookupByNameFailSafe(value, &type) &&
               TypeId::LookupByNameFailSafe(base, &parent) && type.IsChildOf(parent) &&
               type.HasConstructor();
    };
    if (name == "RngSeed" && value.find_first_not_of('0') == std::string::npos)
    {
        return "a whole number of at least 1";
    }
    if (name == "SimulatorImplementationType" && !isMade("ns3::SimulatorImpl"))
    {
        return "a simulator of ns-3, as ns3::DefaultSimulatorImpl";
    }
    if (name == "SchedulerType" && !isMade("ns3::Scheduler"))
    {
        return "a scheduler of ns-3, as ns3::MapScheduler";
    }
    return "";
}

void
CheckArgument(const std::string& argument)
{
    if (argument.rfind("--", 0) != 0)
    {
        throw std::invalid_argument("unexpected argument '" + argument +
                                    "', expected options only: see --help");
    }
    const auto equals = argument.find('=');
    const std::string name = argument.substr(2, equals == std::string::npos ? equals : equals - 2);
    if (name.rfind("Print", 0) == 0)
    {
        CheckPrint(name, equals == std::string::npos ? "" : argument.substr(equals + 1));
        return;
    }
    const auto checker = FindChecker(name);
    if (!checker)
    {
        throw std::invalid_argument("unknown option '--" + name + "'" +
                                    (name.find("::") == std::string::npos
                                         ? ": see --help"
                                         : ": no such attribute in ns-3 or this project"));
    }
    if (equals == std::string::npos)
    {
        throw std::invalid_argument("option --" + name + ": expected --" + name + "=VALUE");
    }
    const std::string value = argument.substr(equals + 1);
    std::string expected = WhatIsWrong(checker->GetValueTypeName(), value);
    if (expected.empty())
    {
        expected = WhatIsWrongGlobally(name, value);
    }
    if (expected.empty() && !checker->CreateValidValue(StringValue(value)))
    {
        expected = "a value of " + checker->GetUnderlyingTypeInformation();
    }
    if (!expected.empty())
    {
        throw std::invalid_argument("option --" + name + ": '" + value + "' is not " + expected);
    }
}

} // namespace

void
RefuseOwnAttributes(const std::vector<std::string>& arguments,
                    const std::map<std::string, std::string>& own,
                    const std::string& where)
{
    for (const auto& argument : arguments)
    {
        const auto found = own.find(argument.substr(0, argument.find('=')));
        if (found != own.end())
        {
            throw std::invalid_argument("option " + found->first + " has no effect " + where +
                                        ": " + found->second);
        }
    }
}

void
PassToNs3(const std::vector<std::string>& arguments, const std::string& program)
{
    std::vector<std::string> all{program};
    for (const auto& argument : arguments)
    {
        CheckArgument(argument);
        all.push_back(argument);
    }
    CommandLine(program).Parse(all);
}

} // namespace ns3
