using System.Security.Cryptography;
using System.Text;

namespace Vigil.Schedulers;

/// <summary>The mark by which a submission is found again: <c>vigil:</c> and 20 hex digits, from the experiment's folder and the submission's id.</summary>
internal static class SubmissionToken
{
    public const string Prefix = "vigil:";

    public static string Of(string experimentDir, string id) =>
        $"{Prefix}{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{experimentDir}\n{id}")).AsSpan(0, 10))}";
}
