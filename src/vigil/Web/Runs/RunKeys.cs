using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Vigil.Planning;

namespace Vigil.Web.Runs;

/// <summary>Names for addresses: opaque, and looked up, never made into a path.</summary>
internal static partial class RunKeys
{
    public static string Experiment(string root) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(root)))[..12];

    public static string Id(string experiment, RunId run) => $"{experiment}/{Key(run.Value)}";

    /// <summary>A name that is fit for an address stands for itself.</summary>
    private static string Key(string name) => Plain.IsMatch(name) ? name : $"~{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(name))}";

    [GeneratedRegex(@"^[A-Za-z0-9_+-][A-Za-z0-9_.+-]*\z", RegexOptions.CultureInvariant)]
    private static partial Regex Plain { get; }
}
