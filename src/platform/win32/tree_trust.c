#include "platform/win32/tree_trust.h"

#include <windows.h>

/* Of <sddl.h>, which brings inline functions that use what banned.h bans. */
WINADVAPI BOOL WINAPI ConvertStringSidToSidW(LPCWSTR text, PSID *ret);
WINADVAPI BOOL WINAPI ConvertStringSecurityDescriptorToSecurityDescriptorW(LPCWSTR text, DWORD revision, PSECURITY_DESCRIPTOR *ret,
                                                                           PULONG ret_size);

/* The system and administrators do all; users read. Nothing is inherited from above. */
#define OWNED_BY_ADMINISTRATORS L"D:P(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)(A;OICI;FRFX;;;BU)"

#define WRITES (FILE_WRITE_DATA | FILE_APPEND_DATA | FILE_DELETE_CHILD | DELETE | WRITE_DAC | WRITE_OWNER | GENERIC_WRITE | GENERIC_ALL)

/* The user of this program's token. */
static bool is_own_user(PSID who) {
        union {
                TOKEN_USER user;
                BYTE bytes[sizeof(TOKEN_USER) + SECURITY_MAX_SID_SIZE];
        } u;
        HANDLE token;
        DWORD size;
        bool same;

        if (!OpenProcessToken(GetCurrentProcess(), TOKEN_QUERY, &token))
                return false;
        same = GetTokenInformation(token, TokenUser, &u, sizeof(u), &size) && EqualSid(who, u.user.User.Sid);
        CloseHandle(token);
        return same;
}

/* TrustedInstaller, who owns what came with Windows. */
static bool is_installer(PSID who) {
        PSID installer = NULL;
        bool same = ConvertStringSidToSidW(L"S-1-5-80-956008885-3418522649-1831038044-1853292631-2271478464", &installer) &&
                    EqualSid(who, installer);

        LocalFree(installer);
        return same;
}

static bool is_trusted(PSID who) {
        return IsWellKnownSid(who, WinLocalSystemSid) || IsWellKnownSid(who, WinBuiltinAdministratorsSid) || is_installer(who) ||
               is_own_user(who);
}

/* An entry that lets somebody else write. Entries that are only handed down to new files say nothing of this folder. */
static bool lets_write(const ACCESS_ALLOWED_ACE *ace) {
        return ace->Header.AceType == ACCESS_ALLOWED_ACE_TYPE && !(ace->Header.AceFlags & INHERIT_ONLY_ACE) && ace->Mask & WRITES &&
               !is_trusted((PSID)(uintptr_t)&ace->SidStart);
}

/* Without a list everybody may do everything. */
static bool descriptor_is_trusted(PSECURITY_DESCRIPTOR all) {
        BOOL defaulted, there = FALSE;
        PSID owner = NULL;
        PACL list = NULL;
        void *ace;

        if (!GetSecurityDescriptorOwner(all, &owner, &defaulted) || !GetSecurityDescriptorDacl(all, &there, &list, &defaulted) ||
            !owner || !there || !list || !is_trusted(owner))
                return false;
        for (DWORD i = 0; i < list->AceCount; i++)
                if (!GetAce(list, i, &ace) || lets_write(ace))
                        return false;
        return true;
}

bool tree_folder_is_trusted(const wchar_t *path) {
        const SECURITY_INFORMATION what = OWNER_SECURITY_INFORMATION | DACL_SECURITY_INFORMATION;
        DWORD size = 0;
        void *all;
        bool trusted;

        (void)GetFileSecurityW(path, what, NULL, 0, &size);
        all = size ? LocalAlloc(LMEM_FIXED, size) : NULL;
        trusted = all && GetFileSecurityW(path, what, all, size, &size) && descriptor_is_trusted(all);
        LocalFree(all);
        return trusted;
}

unsigned long tree_make_trusted_folder(const wchar_t *path) {
        SECURITY_ATTRIBUTES attributes = { .nLength = sizeof(attributes) };
        unsigned long error = ERROR_SUCCESS;

        if (!ConvertStringSecurityDescriptorToSecurityDescriptorW(OWNED_BY_ADMINISTRATORS, 1,
                                                                  &attributes.lpSecurityDescriptor, NULL) ||
            !CreateDirectoryW(path, &attributes))
                error = GetLastError();
        LocalFree(attributes.lpSecurityDescriptor);
        return error;
}

bool tree_is_administrator(void) {
        BYTE administrators[SECURITY_MAX_SID_SIZE];
        DWORD size = sizeof(administrators);
        BOOL is = FALSE;

        return CreateWellKnownSid(WinBuiltinAdministratorsSid, NULL, administrators, &size) &&
               CheckTokenMembership(NULL, administrators, &is) && is;
}
