#include "consensus-program.h"

#include <algorithm>
#include <boost/program_options.hpp>
#include <charconv>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <stdexcept>

namespace ns3
{

namespace po = boost::program_options;

namespace
{

std::string
InOneLine(std::string message)
{
    std::replace(message.begin(), message.end(), '\n', ' ');
    return message;
}

po::parsed_options
ParseConfigFile(const std::string& path, const po::options_description& options, bool allowUnknown)
{
    std::ifstream file(path);
    if (!file || std::filesystem::is_directory(path))
    {
        throw std::runtime_error("cannot read configuration " + path +
                                 ": expected an INI file with lines NAME=VALUE");
    }
    try
    {
        return po::parse_config_file(file, options, allowUnknown);
    }
    catch (const po::error& e)
    {
        throw std::runtime_error("configuration " + path + ": " + e.what() +
                                 ": expected lines NAME=VALUE with options as --help lists them");
    }
}

/** Takes the options that nobody described out of what an INI file said. */
void
CollectUnknown(const po::parsed_options& parsed, std::vector<std::string>& unknown)
{
    for (const po::option& option : parsed.options)
    {
        if (option.unregistered)
        {
            const std::string value = option.value.empty() ? "" : "=" + option.value.front();
            unknown.push_back("--" + option.string_key + value);
        }
    }
}

} // namespace

int
RunProgram(const char* name, const std::function<int()>& body)
{
    try
    {
        return body();
    }
    catch (const std::exception& e)
    {
        std::cout.flush();
        std::cerr << name << ": " << InOneLine(e.what()) << std::endl;
        return EXIT_USER_ERROR;
    }
}

namespace
{

po::variables_map
ParseAndStore(int argc,
              char* argv[],
              const po::options_description& options,
              std::vector<std::string>* unknown)
{
    namespace style = po::command_line_style;
    po::command_line_parser parser(argc, argv);
    parser.options(options);
    parser.style(style::unix_style & ~style::allow_guessing);
    // Without described positions a stray word would be dropped silently.
    const po::positional_options_description noPositions;
    if (unknown)
    {
        parser.allow_unregistered();
    }
    else
    {
        parser.positional(noPositions);
    }

    po::variables_map values;
    const po::parsed_options commandLine = parser.run();
    po::store(commandLine, values);
    if (options.find_nothrow("config", false) && values.count("config"))
    {
        const po::parsed_options file =
            ParseConfigFile(values["config"].as<std::string>(), options, unknown != nullptr);
        po::store(file, values);
        if (unknown)
        {
            CollectUnknown(file, *unknown);
        }
    }
    if (unknown)
    {
        const auto left = po::collect_unrecognized(commandLine.options, po::include_positional);
        unknown->insert(unknown->end(), left.begin(), left.end());
    }
    return values;
}

} // namespace

po::variables_map
ParseOptions(int argc,
             char* argv[],
             const po::options_description& options,
             std::vector<std::string>* unknown)
{
    try
    {
        po::variables_map values = ParseAndStore(argc, argv, options, unknown);
        po::notify(values);
        return values;
    }
    catch (const po::error& e)
    {
        throw std::runtime_error(std::string(e.what()) +
                                 ": expected options and values as --help lists them");
    }
}

std::istream&
operator>>(std::istream& in, WholeNumber& number)
{
    std::string text;
    in >> text;
    const char* end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, number.value);
    if (error != std::errc() || stop != end)
    {
        in.setstate(std::ios::failbit);
    }
    return in;
}

std::ostream&
operator<<(std::ostream& out, const WholeNumber& number)
{
    return out << number.value;
}

} // namespace ns3
