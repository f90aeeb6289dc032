<#
.SYNOPSIS
Is this Windows protected against speculative-execution side channels? The findings of sidelight.exe as objects.

.DESCRIPTION
Runs the sidelight.exe that lies beside this script and returns one object a finding: ComputerName (the machine that was judged) and Source
(its evidence file, or "live"), then the properties of its JSON report: id, cves, status, affected, owner, boundaries, rule, reason,
evidence, missing, fixes. With -Report it returns the whole report.
An evidence file that sidelight collect wrote anywhere can be judged in place of this machine.

.EXAMPLE
.\Get-Sidelight.ps1 | Where-Object status -eq vulnerable | Format-Table id, status, reason

.EXAMPLE
(.\Get-Sidelight.ps1 -Report).summary.worst

.EXAMPLE
Get-ChildItem *.host | .\Get-Sidelight.ps1 | Group-Object ComputerName, status -NoElement
How many machines' evidence says what.

.EXAMPLE
.\Get-Sidelight.ps1 -SpeculationControl
The properties of Get-SpeculationControlSettings, for scripts that read those.
#>
[CmdletBinding()]
param(
    # Evidence files; without one it is this machine.
    [Parameter(ValueFromPipeline, ValueFromPipelineByPropertyName)]
    [Alias('FullName')]
    [string[]] $Path,

    # The whole report, not its findings.
    [switch] $Report,

    # The properties of Get-SpeculationControlSettings.
    [switch] $SpeculationControl
)

begin {
    $program = Join-Path $PSScriptRoot 'sidelight.exe'
    $format = if ($SpeculationControl) { 'speculationcontrol-json' } else { 'json' }

    function Invoke-Sidelight([string[]] $Files) {
        $encoding = [Console]::OutputEncoding
        try {
            [Console]::OutputEncoding = [Text.Encoding]::UTF8
            $lines = & $program check --format $format @Files
        } finally {
            [Console]::OutputEncoding = $encoding
        }
        # 0 clean, 2 open, 3 unknown: results. From 64 on: failures, told on standard error.
        if ($LASTEXITCODE -ge 64) {
            Write-Error "sidelight.exe failed with exit code $LASTEXITCODE"
        }
        foreach ($line in $lines) {
            $object = $line | ConvertFrom-Json
            if ($Report -or $SpeculationControl) {
                $object
            } else {
                $object.findings | Select-Object @{ Name = 'ComputerName'; Expression = { $object.host.name } },
                    @{ Name = 'Source'; Expression = { $object.source } }, *
            }
        }
    }
}

process {
    Invoke-Sidelight @($Path | Where-Object { $_ })
}
